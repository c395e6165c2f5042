import Synchronization

/// What outlasts a reload of the configuration: the number of each caller, its budget, and the callers that nobody verified.
package final class CallerRegistry: Sendable {
  /// The most names that strangers can make.
  package static let unverifiedMax = 1_000
  /// The caller of everybody else.
  package static let otherName = "other"

  private struct State {
    var indices: [String: UInt32] = [:]
    var accounts: [String: CallerAccount] = [:]
    var unverified: [String: Caller] = [:]
    /// 0 is the caller of everybody else.
    var lastIndex: UInt32 = 0

    mutating func nextIndex() -> UInt32 {
      lastIndex += 1
      return lastIndex
    }
  }

  /// The caller of everybody who has no name of their own.
  package let other = Caller(
    CallerKey(name: CallerRegistry.otherName, proof: .derived(serials: [])), index: 0, isVerified: false, budget: nil)
  private let state = Mutex(State())

  package init() {}

  /// The caller of a key. A key keeps its number and what it has used, whatever else changes.
  func caller(of key: CallerKey) -> Caller {
    state.withLock { state in
      let index = state.indices[key.name] ?? state.nextIndex()
      state.indices[key.name] = index
      // What a key used counts even if its budget is set only later on the same day.
      let account = state.accounts[key.name] ?? CallerAccount(key.budget)
      state.accounts[key.name] = account
      account.set(key.budget)
      return Caller(key, index: index, isVerified: true, budget: account)
    }
  }

  /// The budgets of all keys, by name.
  var accounts: [(name: String, account: CallerAccount)] {
    state.withLock { state in state.accounts.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 } }
  }

  /// The caller of a name that nobody verified.
  /// - Parameter name: safe to print.
  func unverified(_ name: String) -> Caller {
    state.withLock { state in
      if let known = state.unverified[name] { return known }
      guard state.unverified.count < Self.unverifiedMax else { return other }
      let caller = Caller(
        CallerKey(name: name, proof: .derived(serials: [])), index: state.nextIndex(), isVerified: false, budget: nil)
      state.unverified[name] = caller
      return caller
    }
  }

  /// Every caller that nobody verified and that has a name of its own, the first first.
  package func unverified() -> [Caller] {
    state.withLock { $0.unverified.values.sorted { $0.index < $1.index } }
  }
}
