/// What the first meter has reserved in the last 60.3 s, in slots of 100 ms: the strict window of a store.
///
/// The sum and the newest slot are stored apart from the slots, because either may be lost alone.
struct FleetWindow: Sendable, Equatable {
  static let slotMilliseconds: Int64 = 100
  static let slots: Int64 = 603
  /// How far ahead a wait is computed: 4 s.
  private static let lookahead: Int64 = 40

  /// Units by slot.
  private(set) var units: [Int64: Int64] = [:]
  /// Whether the server has the key, even if it holds only zeros.
  var isPresent: Bool { !units.isEmpty }

  /// Lets go of what is older than the window.
  mutating func advance(to now: Int64, _ state: inout FleetState) {
    let slot = now / Self.slotMilliseconds
    let wasPresent = isPresent
    if slot - state.newestSlot >= Self.slots {
      units = [:]
      state.windowSum = 0
      state.newestSlot = slot
    } else if slot > state.newestSlot {
      for old in (state.newestSlot - Self.slots + 1)...(slot - Self.slots) {
        state.windowSum -= units.removeValue(forKey: old) ?? 0
      }
      state.windowSum = state.windowSum.bounded(-FleetBounds.windowMax, FleetBounds.windowMax)
      state.newestSlot = slot
    } else if state.newestSlot - slot > Self.slots {
      // The clock has stepped back by more than a minute. Without this, nothing would leave until it has caught up.
      state.newestSlot = slot
      units = state.windowSum == 0 ? [:] : [slot: state.windowSum]
      return
    }
    // The window alone was lost: what it held leaves a minute from now.
    if state.windowSum != 0, !wasPresent { units = [state.newestSlot: state.windowSum] }
  }

  /// Adds units to a slot, unless it has left the window.
  mutating func add(_ amount: Int64, to slot: Int64, _ state: inout FleetState) {
    // A slot far ahead would stay for as long.
    let slot = min(slot, state.newestSlot + Self.slots)
    let amount = amount.bounded(
      -FleetBounds.windowMax - state.windowSum, FleetBounds.windowMax - state.windowSum)
    guard amount != 0, slot > state.newestSlot - Self.slots else { return }
    units[slot] = (units[slot, default: 0] + amount).bounded(-4 * FleetBounds.windowMax, 4 * FleetBounds.windowMax)
    state.windowSum += amount
  }

  /// Enters what a member owes less (positive) or more (negative) than before.
  /// - Parameter credits: where the units had been booked; what they don't explain counts as of now.
  mutating func settle(_ units: Int64, credits: [SyncRequest.Credit], _ state: inout FleetState) {
    var left = units
    if left > 0 {
      for credit in credits {
        let part = min(credit.units, left)
        add(-part, to: credit.slot, &state)
        left -= part
      }
    }
    add(-left, to: state.newestSlot, &state)
  }

  /// Milliseconds until this many units have left the window; 4,000 if that takes longer.
  func wait(toLose lack: Int64, newest: Int64) -> Int64 {
    var lack = lack
    let oldest = newest - Self.slots + 1
    for slot in oldest..<oldest + Self.lookahead {
      lack -= units[slot] ?? 0
      if lack <= 0 { return (slot - oldest + 1) * Self.slotMilliseconds }
    }
    return Self.lookahead * Self.slotMilliseconds
  }
}
