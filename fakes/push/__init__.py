"""Where phones are reached: a push service that behaves like Expo's, and the devices behind it."""
