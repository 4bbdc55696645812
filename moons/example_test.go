package moons_test

import (
	"fmt"

	"glassbox/mat/nprand"
	"glassbox/moons"
)

// The coursework's data: make_moons(1000, noise=0.05) after np.random.seed(42),
// the first 800 points for training.
func Example() {
	rng := nprand.New(42)
	x, labels := moons.Make(1000, 0.05, rng)
	trainX, trainY, testX, testY := moons.Split(x, labels, 0.8)
	y := moons.OneHot(trainY, 2)

	fmt.Println("train", trainX.Shape(), y.Shape(), "test", testX.Shape(), len(testY))
	for i := range 3 {
		fmt.Printf("%.15f %d %v\n", trainX.Row(i), trainY[i], y.Row(i))
	}
	// Output:
	// train 800×2 800×2 test 200×2 200
	// [-0.021371241765347 0.406186076072865] 1 [0 1]
	// [0.976700451259010 -0.458323064895808] 1 [0 1]
	// [0.904058818188977 -0.376519518320967] 1 [0 1]
}

// Four points without noise: two on either half circle.
func ExampleClean() {
	x, labels := moons.Clean(4, nprand.New(0))
	for i, label := range labels {
		fmt.Printf("%4.1f %d\n", x.Row(i), label)
	}
	// Output:
	// [ 0.0  0.5] 1
	// [ 2.0  0.5] 1
	// [-1.0  0.0] 0
	// [ 1.0  0.0] 0
}

func ExampleOneHot() {
	y := moons.OneHot([]int{1, 0, 2}, 3)
	for i := range y.Rows {
		fmt.Println(y.Row(i))
	}
	// Output:
	// [0 1 0]
	// [1 0 0]
	// [0 0 1]
}
