package magento

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain notices goroutines that stay behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
