// Go's own HTTP client, for test_gateway_clients.py: prints one line of JSON with what it got.
// Arguments: the URL of a whole reply, that of a stream, the bearer token; the body comes on stdin.
package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
)

func main() {
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	var results [][2]int
	// Twice, so that connections are used again.
	for round := 0; round < 2; round++ {
		for _, url := range os.Args[1:3] {
			request, err := http.NewRequest("POST", url, bytes.NewReader(body))
			if err != nil {
				panic(err)
			}
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("Authorization", "Bearer "+os.Args[3])
			reply, err := http.DefaultClient.Do(request)
			if err != nil {
				panic(err)
			}
			data, err := io.ReadAll(reply.Body)
			reply.Body.Close()
			if err != nil {
				panic(err)
			}
			results = append(results, [2]int{reply.StatusCode, len(data)})
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		panic(err)
	}
}
