"""The register of flaws; knows no particular one."""

from staging.planting import Plants

flaw = Plants("flaw")
ran = flaw.ran
