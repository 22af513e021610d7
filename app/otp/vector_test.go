package otp_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/otp"
)

// seed returns the ASCII digits of the RFCs' test secrets, n bytes of them.
// RFC 6238 uses 20, 32 and 64 bytes for the three algorithms (its text forgets
// to say so; its reference implementation does it).
func seed(n int) []byte {
	secret := make([]byte, n)
	for i := range secret {
		secret[i] = '0' + byte((i+1)%10)
	}
	return secret
}

// TestRFC4226 is appendix D.
func TestRFC4226(t *testing.T) {
	p := otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}
	codes := []string{
		"755224", "287082", "359152", "969429", "338314",
		"254676", "287922", "162583", "399871", "520489",
	}
	values := []uint32{
		1284755224, 1094287082, 137359152, 1726969429, 1640338314,
		868254676, 1918287922, 82162583, 673399871, 645520489,
	}
	g, err := otp.NewGenerator(seed(20), otp.SHA1)
	require.NoError(t, err)
	for counter, want := range codes {
		got, err := otp.Code(seed(20), p, uint64(counter))
		require.NoError(t, err)
		require.Equal(t, want, got, "counter %d", counter)
		require.Equal(t, values[counter], g.Value(uint64(counter)), "counter %d", counter)
	}
}

// TestRFC6238 is appendix B.
func TestRFC6238(t *testing.T) {
	times := []int64{59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000}
	steps := []int64{0x1, 0x23523EC, 0x23523ED, 0x273EF07, 0x3F940AA, 0x27BC86AA}
	vectors := []struct {
		algorithm otp.Algorithm
		seed      int
		codes     []string
	}{
		{otp.SHA1, 20, []string{"94287082", "07081804", "14050471", "89005924", "69279037", "65353130"}},
		{otp.SHA256, 32, []string{"46119246", "68084774", "67062674", "91819424", "90698825", "77737706"}},
		{otp.SHA512, 64, []string{"90693936", "25091201", "99943326", "93441116", "38618901", "47863826"}},
	}
	for _, v := range vectors {
		p := otp.Params{Kind: otp.TOTP, Algorithm: v.algorithm, Digits: 8, Period: 30 * time.Second}
		for i, want := range v.codes {
			t.Run(fmt.Sprint(v.algorithm, " ", times[i]), func(t *testing.T) {
				at := time.Unix(times[i], 0)
				require.Equal(t, steps[i], otp.Step(at, p.Period))
				got, err := otp.CodeAt(seed(v.seed), p, at)
				require.NoError(t, err)
				require.Equal(t, want, got)
				step, verdict, err := otp.Match(seed(v.seed), p, want, at, 0, otp.NoStep)
				require.NoError(t, err)
				require.Equal(t, otp.Accepted, verdict)
				require.Equal(t, steps[i], step)
			})
		}
	}
}
