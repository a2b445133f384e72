package main

// #include <unistd.h>
// static int add(int a, int b) { return a + b; }
import "C"

import (
	"bufio"
	"fmt"
	"os"
	"sync"
)

//go:noinline
func leaf(n int) int { return n*3 + 1 }

//go:noinline
func deep(n int) int {
	var pad [8]int
	if n == 0 {
		return leaf(n)
	}
	pad[n%8] = n
	return deep(n-1) + pad[n%8]
}

// On a stack of its own, of the smallest size, at each depth.
func fresh(n int) int {
	c := make(chan int)
	go func() { c <- deep(n) }()
	return <-c
}

func worker(done *sync.WaitGroup, times int, sum *int) {
	s := 0
	for i := 0; i < times; i++ {
		s += leaf(i)
		if i%100 == 0 {
			s += deep(50 + i%200)
		}
		if i < 64 {
			s += fresh(i)
		}
	}
	*sum = s
	done.Done()
}

func main() {
	fmt.Println("ready", C.add(1, 2))
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var done sync.WaitGroup
		sums := make([]int, 100)
		for g := range sums {
			done.Add(1)
			go worker(&done, 1000, &sums[g])
		}
		done.Wait()
		t := 0
		for _, s := range sums {
			t += s
		}
		fmt.Println("sum", t)
	}
}
