package dev.brindle.store.contract;

/** Everything that a file tree promises. */
public abstract class FileTreeContract
    implements NamespaceContract,
        LinkContract,
        RenameContract,
        ListingContract,
        AttributeContract,
        TimeContract,
        XattrContract,
        DataContract,
        SpaceContract,
        CopyContract,
        HoldContract,
        ReopenContract {}
