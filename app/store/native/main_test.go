package native

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// cleanUp removes what tests share; the benchmarks' large store is set here.
var cleanUp = func() {}

func TestMain(m *testing.M) {
	if at := os.Getenv(rotatorAt); at != "" { // the process is one that a test kills
		fmt.Fprintln(os.Stderr, rotateUntilKilled(at))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		cleanUp()
		os.Exit(code)
	}))
}
