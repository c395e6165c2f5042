import FleetStore

/// Finds what is wrong with a fleet.
package struct FleetCheck: Sendable {
  package struct Problem: Sendable {
    package enum Code: String, Sendable, CaseIterable {
      /// The store takes long to answer.
      case slowStore = "slow-store"
      /// The service throttled requests that the limits had room for, so somebody outside the fleet uses the quota.
      case limitsLowered = "limits-lowered"
      /// Members sent so much more than was booked that nothing goes for about a minute.
      case deepDebt = "deep-debt"
      /// The store has not heard of the scope: its name, the prefix or the account is another one, or nothing has run.
      case unknownScope = "unknown-scope"
      /// Requests wait at a member that was not heard of for a while.
      case silentWaiter = "silent-waiter"
    }

    package var code: Code
    /// Empty for the store as a whole.
    package var scope: String
    package var message: String
  }

  /// The longest answer of a store that is not slow.
  package var roundTripMax = Duration.milliseconds(250)

  package init() {}

  package func problems(of reading: FleetControl.Reading) -> [Problem] {
    let name = reading.id ?? reading.scope.name
    var problems: [Problem] = []
    func note(_ code: Problem.Code, _ message: String) {
      problems.append(Problem(code: code, scope: reading.scope.name, message: message))
    }
    if reading.roundTrip > roundTripMax {
      note(
        .slowStore,
        "The store took \(Int(reading.roundTrip / .milliseconds(1))) ms to answer for \(name); members book farther ahead then. Look at its load and its distance."
      )
    }
    guard let status = reading.status else {
      note(
        .unknownScope, "The store has not heard of \(name) in the last two days; look at the address, its prefix and the account."
      )
      return problems
    }
    if status.limitsOrigin == .learnt {
      note(
        .limitsLowered,
        "The service throttled requests to \(name) that the limits had room for, so they are lower now; somebody else uses the quota, or it was lowered."
      )
    }
    for (index, meter) in status.meters.enumerated() where meter.limit.capacity > 0 && meter.level <= -meter.limit.capacity {
      let what = reading.measures.map { $0[index].name } ?? "meter \(index + 1)"
      note(
        .deepDebt,
        "\(name) owes more than a whole limit of \(what); nothing goes until that is paid. Members sent without the store, or one is faulty."
      )
    }
    for member in status.processes where member.isWaiting && !member.isPresent {
      note(
        .silentWaiter,
        "Requests wait at the member \(member.name) of \(name), which was not heard of for \((member.silence ?? 0) / 1_000) s; it was stopped or cut off."
      )
    }
    return problems
  }
}
