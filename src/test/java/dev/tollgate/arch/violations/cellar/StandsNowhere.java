package dev.tollgate.arch.violations.cellar;

class StandsNowhere {}
