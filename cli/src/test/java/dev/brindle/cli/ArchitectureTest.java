package dev.brindle.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.brindle.store.Store;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The modules and packages depend on each other in one direction only; this module sees them all.
 */
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.brindle");

  @Test
  void modules_dependDownwardsOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.brindle..")
        .layer("cli")
        .definedBy("dev.brindle.cli..")
        .layer("fuse-daemon")
        .definedBy("dev.brindle.daemon..")
        .layer("snapshot-dir")
        .definedBy("dev.brindle.namespace..")
        .layer("cow-store")
        .definedBy("dev.brindle.store..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("fuse-daemon")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("snapshot-dir")
        .mayOnlyBeAccessedByLayers("cli", "fuse-daemon")
        .whereLayer("cow-store")
        .mayOnlyBeAccessedByLayers("cli", "fuse-daemon", "snapshot-dir")
        .check(CLASSES);
  }

  @Test
  void jnrFuse_isUsedInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.brindle.daemon.libfuse")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ru.serce.jnrfuse..")
        .check(CLASSES);
  }

  @Test
  void mapDb_isUsedInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.brindle.store.index")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.mapdb..")
        .check(CLASSES);
  }

  @Test
  void store_knowsNothingOfFuseOrTheCommandLine() {
    noClasses()
        .that()
        .resideInAPackage("dev.brindle.store..")
        .should()
        .dependOnClassesThat(resideInAnyPackage("ru.serce..", "picocli..", "com.google.gson.."))
        .check(CLASSES);
  }

  @Test
  void namespace_knowsNothingOfTransports() {
    noClasses()
        .that()
        .resideInAPackage("dev.brindle.namespace..")
        .should()
        .dependOnClassesThat(resideInAnyPackage("ru.serce..", "jnr..", "picocli.."))
        .check(CLASSES);
  }

  /**
   * A module's root package holds its façade and the words that the packages below speak in, so it
   * is no slice; that the packages do not reach up to the façade is the next rule.
   */
  @Test
  void packages_areFreeOfCycles() {
    slices().matching("dev.brindle.(*.*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void packagesOfTheStore_doNotReachUpToItsFacade() {
    noClasses()
        .that(
            resideInAPackage("dev.brindle.store.*..")
                .and(DescribedPredicate.not(resideInAPackage("dev.brindle.store.check.."))))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Store.class)
        .check(CLASSES);
  }

  @Test
  void verbs_reachStoresThroughStoreAccess() {
    noClasses()
        .that()
        .resideInAPackage("dev.brindle.cli")
        .and()
        .doNotBelongToAnyOf(DirectAccess.class)
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Store.class)
        .check(CLASSES);
  }

  @Test
  void packages_areNullMarked() {
    classes()
        .should(
            new ArchCondition<JavaClass>("be in a package that is @NullMarked") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                  events.add(SimpleConditionEvent.violated(type, type.getName()));
                }
              }
            })
        .check(CLASSES);
  }
}
