"""The rules of the house: who may import whom, what is banned, what documents must keep."""
