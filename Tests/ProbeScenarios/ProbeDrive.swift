package import QuotaProbe

/// Runs a search against a server in virtual time.
package enum ProbeDrive {
  package static func run(_ search: inout ProbeSearch, _ server: inout ProbeServer) {
    while true {
      switch search.next(at: server.now) {
      case .send(let request): server.receive(request.id, request.size)
      case .finished: return
      case .wait(let until):
        guard let answer = server.advance(to: until) else {
          if until == Int64.max { return search.abandon(at: server.now) }
          continue
        }
        search.answered(answer.id, answer.outcome, at: server.now)
      }
    }
  }
}
