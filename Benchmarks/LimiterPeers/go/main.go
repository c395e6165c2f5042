// Times golang.org/x/time/rate and juju/ratelimit with limits that nobody reaches, one line of JSON a figure, as `limiter-benchmark` does.
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/juju/ratelimit"
	"golang.org/x/time/rate"
)

const (
	operations  = 400_000
	repetitions = 5
	// A thousand tokens a check; finite, since Inf takes a shorter way.
	tokens    = 1_000
	perSecond = 1e13
	burst     = 1 << 50
)

type figure struct {
	Who     string    `json:"who"`
	What    string    `json:"what"`
	Threads int       `json:"threads"`
	NS      []float64 `json:"ns"`
}

var output = json.NewEncoder(os.Stdout)

// measure prints the wall time of each repetition ÷ the checks of all threads; the first repetition warms up.
func measure(who, what string, threads int, check func()) {
	runtime.GOMAXPROCS(threads)
	line := figure{Who: who, What: what, Threads: threads}
	each := operations / threads
	for repetition := 0; repetition <= repetitions; repetition++ {
		var ready, done sync.WaitGroup
		start := make(chan struct{})
		ready.Add(threads)
		done.Add(threads)
		for thread := 0; thread < threads; thread++ {
			go func() {
				runtime.LockOSThread()
				ready.Done()
				<-start
				for count := 0; count < each; count++ {
					check()
				}
				done.Done()
			}()
		}
		ready.Wait()
		began := time.Now()
		close(start)
		done.Wait()
		elapsed := time.Since(began)
		if repetition > 0 {
			line.NS = append(line.NS, float64(elapsed.Nanoseconds())/float64(each*threads))
		}
	}
	output.Encode(line)
}

func must(allowed bool) {
	if !allowed {
		panic("a limit that nobody reaches was reached")
	}
}

func main() {
	var now time.Time
	measure("Go", "time.Now", 1, func() { now = time.Now() })
	_ = now

	var limiters [4]*rate.Limiter
	var buckets [4]*ratelimit.Bucket
	for index := range limiters {
		limiters[index] = rate.NewLimiter(perSecond, burst)
		buckets[index] = ratelimit.NewBucketWithRate(perSecond, burst)
	}
	for _, threads := range []int{1, 2, 4} {
		limiter, bucket := limiters[0], buckets[0]
		measure("Go x/time/rate", "AllowN", threads, func() { must(limiter.AllowN(time.Now(), tokens)) })
		measure("Go x/time/rate", "ReserveN + Cancel", threads, func() {
			reservation := limiter.ReserveN(time.Now(), tokens)
			must(reservation.OK())
			reservation.Cancel()
		})
		measure("Go x/time/rate", "AllowN on 4 limiters, one clock", threads, func() {
			at := time.Now()
			for _, limiter := range limiters {
				must(limiter.AllowN(at, tokens))
			}
		})
		measure("Go juju/ratelimit", "TakeAvailable", threads, func() { must(bucket.TakeAvailable(tokens) == tokens) })
		measure("Go juju/ratelimit", "TakeAvailable on 4 buckets", threads, func() {
			for _, bucket := range buckets {
				must(bucket.TakeAvailable(tokens) == tokens)
			}
		})
	}
}
