/** Classes that break one wall each. Never imported by anything; ArchitectureTest demands that each is caught. */
package dev.tollgate.arch.violations;
