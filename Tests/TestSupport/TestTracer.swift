package import InMemoryTracing
import Tracing

/// The one tracer of a process that runs tests; a second can't be set up. It gathers the spans of all tests, so look for your own.
package enum TestTracer {
  package static let shared: InMemoryTracer = {
    let tracer = InMemoryTracer()
    InstrumentationSystem.bootstrap(tracer)
    return tracer
  }()
}
