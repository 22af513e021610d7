package native

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// cleanUp removes what tests share; the benchmarks' large store is set here.
var cleanUp = func() {}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		cleanUp()
		os.Exit(code)
	}))
}
