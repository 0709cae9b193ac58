"""The register of controls; knows no particular one."""

from staging.planting import Plants

control = Plants("control")
ran = control.ran
