package dev.brindle.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.brindle.store.Store;
import org.jspecify.annotations.NullMarked;

/**
 * The modules and packages depend on each other in one direction only; this module sees them all.
 */
@AnalyzeClasses(packages = "dev.brindle", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule modules_dependDownwardsOnly =
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
          .mayOnlyBeAccessedByLayers("cli", "fuse-daemon", "snapshot-dir");

  @ArchTest
  static final ArchRule jnrFuse_isUsedInOnePackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.brindle.daemon.libfuse")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ru.serce.jnrfuse..");

  @ArchTest
  static final ArchRule mapDb_isUsedInOnePackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.brindle.store.index")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.mapdb..");

  @ArchTest
  static final ArchRule store_knowsNothingOfFuseOrTheCommandLine =
      noClasses()
          .that()
          .resideInAPackage("dev.brindle.store..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("ru.serce..", "picocli..", "com.google.gson..", "org.tinylog.."));

  @ArchTest
  static final ArchRule namespace_knowsNothingOfTransports =
      noClasses()
          .that()
          .resideInAPackage("dev.brindle.namespace..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("ru.serce..", "jnr..", "picocli.."));

  /**
   * A module's root package holds its façade and the words that the packages below speak in, so it
   * is no slice; that the packages do not reach up to the façade is the next rule.
   */
  @ArchTest
  static final ArchRule packages_areFreeOfCycles =
      slices().matching("dev.brindle.(*.*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesOfTheStore_doNotReachUpToItsFacade =
      noClasses()
          .that(
              resideInAPackage("dev.brindle.store.*..")
                  .and(DescribedPredicate.not(resideInAPackage("dev.brindle.store.check.."))))
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Store.class);

  @ArchTest
  static final ArchRule verbs_reachStoresThroughStoreAccess =
      noClasses()
          .that()
          .resideInAPackage("dev.brindle.cli")
          .and()
          .doNotBelongToAnyOf(DirectAccess.class)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Store.class);

  @ArchTest
  static final ArchRule packages_areNullMarked =
      classes()
          .should(
              new ArchCondition<JavaClass>("be in a package that is @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(type, type.getName()));
                  }
                }
              });
}
