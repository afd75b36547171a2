"""Rig knowledge as arrays and names, without bpy: name matching and the neck split."""
