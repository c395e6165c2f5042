extension Limiter {
  /// What requests hold, and how long they have waited.
  package struct Holdings: Sendable, Equatable {
    /// What all requests in flight have reserved together, by what the limits count.
    package var reserved: [Measure: Int64]
    /// For how long the request has waited that has waited longest; nil: none waits.
    package var longestWait: Duration?

    package init(reserved: [Measure: Int64], longestWait: Duration?) {
      (self.reserved, self.longestWait) = (reserved, longestWait)
    }
  }

  /// For pages that people look at: it visits every request.
  package var holdings: Holdings {
    let time = now()
    return state.withLock { state in
      let measures = state.admission.gates.measuresInOrder
      var reserved = Dictionary(uniqueKeysWithValues: measures.map { ($0, Int64(0)) })
      for lease in state.leases.all {
        for measure in measures where lease.entries.contain(measure) {
          reserved[measure, default: 0] += lease.reserved.of(measure)
        }
      }
      return Holdings(
        reserved: reserved,
        longestWait: state.admission.queue.longestSince.map { .nanoseconds(max(time - $0, 0)) })
    }
  }
}
