/**
 * Walks a whole store and verifies every rule of its design.
 *
 * <p>Versions are taken with parents before children, and each is compared with the one before it:
 * what both share was verified there. So a check costs what the store holds, not what its versions
 * would hold as copies, and every rule is verified for every version, by induction.
 *
 * <pre>
 *   nodes      sound: checksum, order, keys where the parent has them, births not after the
 *              version or the node above                                   StructureWalk
 *   sharing    what a version alone has was born after the one before it, and no other version
 *              has it; what the one before has alone is on the deadlist, with its birth and size,
 *              and nothing else is; bytes referred to are counted right    SpaceRules
 *   items      well-formed, under their own hash, of a known type; entry and reference back for
 *              each name; extents inside the file's range, not overlapping; orphans listed
 *                                                                          TreeRules
 *   inodes     link count = names (a directory's: 2 + directories in it), size of a directory =
 *              entries, blocks = what extents hold, content of the right kind, a way up to the
 *              root from every directory, numbers below the next           InodeRules
 *   records    each record of the index is a node of one tree, and each node has one  NodeOwners
 *   blocks     each extent is inside one segment, no block belongs to two, and the log's live maps
 *              say exactly what is referred to                             BlockOwners
 *   data       on request: every live block has its checksum               DataCheck
 * </pre>
 *
 * <p>Counts over all of a directory or file are verified by how they changed against the version
 * before. A version that is just being deleted has holes: what is left of a leaf is walked from
 * where its deletion stands; one that is deleted into its child is passed over, the child compared
 * with the one before it, and both deadlists taken together.
 *
 * <p>The tables of versions and volumes are verified when the store is opened: a row that is
 * missing or damaged keeps it from opening.
 */
@NullMarked
package dev.brindle.store.check;

import org.jspecify.annotations.NullMarked;
