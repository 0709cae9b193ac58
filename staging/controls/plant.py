"""The register of controls; knows no particular one."""

from staging.planting import Plants

control = Plants("control")
CONTROLS = control.known
ran = control.ran
