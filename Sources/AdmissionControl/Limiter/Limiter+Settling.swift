import Synchronization

/// How reservations end.
extension Limiter: ReservationKeeper {
  package func adjust(_ place: Int, used: Amounts) {
    let time = now()
    state.withLock { state in state.admission.adjust(&state.leases[place], used: used, at: time) }
  }

  @inline(__always)
  package func settle(_ place: Int, _ outcome: Outcome) {
    if case .completed(let final) = outcome.kind {
      let time = recently()
      let isSettled = state.withLock { state in
        guard state.admission.settleAtOnce(state.leases[place], final, at: time) else { return false }
        state.leases.free(place)
        return true
      }
      if isSettled { return }
    }
    settleAndWake(place) { _ in outcome }
  }

  /// The request may have cost all that it reserved.
  package func drop(_ place: Int) { settleAndWake(place) { .failed(used: $0.reserved) } }

  @inline(never)
  private func settleAndWake(_ place: Int, _ outcome: (Lease) -> Outcome) {
    let time = now()
    let wakeups = state.withLock { state -> Wakeups in
      let lease = state.leases[place]
      let end = outcome(lease)
      state.leases.free(place)
      state.admission.settle(lease, end, at: time)
      state.retries.ended(end, at: time)
      var wakeups = pump(&state, at: time)
      if let events = state.events, end.tellsOfLimits {
        let sentAt = lease.admittedAt
        wakeups.event = { events.throttled(sentAt) }
      } else if let events = state.events, end.tellsOfDay {
        let sentAt = lease.admittedAt
        wakeups.event = { events.dayIsUsedUp(sentAt) }
      }
      return wakeups
    }
    wakeups.resume()
  }
}
