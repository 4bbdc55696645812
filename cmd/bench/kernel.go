package main

import "glassbox/mat"

// kernel names the code that glassbox's products run on: avx512, avx2, neon or
// go.
func kernel() string { return mat.Kernel() }
