import AdmissionControl
import Synchronization
import Testing

/// A reservation reports to whoever keeps it, and each end exactly once.
struct ReservationTests {
  private enum Report: Equatable {
    case adjusted(Int, Amounts)
    case settled(Int, Outcome)
    case dropped(Int)
  }

  private final class Keeper: ReservationKeeper {
    let reports = Mutex<[Report]>([])

    func adjust(_ place: Int, used: Amounts) { reports.withLock { $0.append(.adjusted(place, used)) } }
    func settle(_ place: Int, _ outcome: Outcome) { reports.withLock { $0.append(.settled(place, outcome)) } }
    func drop(_ place: Int) { reports.withLock { $0.append(.dropped(place)) } }
  }

  @Test func settlingIsReportedOnce() {
    let keeper = Keeper()
    Reservation(7, of: keeper).settle(.cancelled)
    Reservation(8, of: keeper).settle(used: Amounts(tokens: 3))
    #expect(keeper.reports.withLock { $0 } == [.settled(7, .cancelled), .settled(8, .completed(Amounts(tokens: 3)))])
  }

  @Test func droppingIsReportedOnce() {
    let keeper = Keeper()
    do {
      let reservation = Reservation(7, of: keeper)
      _ = consume reservation
    }
    #expect(keeper.reports.withLock { $0 } == [.dropped(7)])
  }

  @Test func updatesComeBeforeTheEnd() {
    let keeper = Keeper()
    var reservation = Reservation(7, of: keeper)
    reservation.update(used: Amounts(tokens: 5))
    reservation.settle(.capacity)
    #expect(keeper.reports.withLock { $0 } == [.adjusted(7, Amounts(tokens: 5)), .settled(7, .capacity)])
  }

  /// It keeps its keeper alive for as long as there is something to report, and no longer.
  @Test func releasesItsKeeper() {
    weak var freed: Keeper?
    do {
      let keeper = Keeper()
      freed = keeper
      Reservation(0, of: keeper).settle(.cancelled)
    }
    #expect(freed == nil)
  }
}
