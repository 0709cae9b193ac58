"""The push service and its devices, with the official client and bare HTTP over real sockets."""
