/// What a server keeps, read key by key.
extension FleetTwin {
  /// A scope without members.
  /// - Parameter text: the stored form of the state.
  /// - Throws: ``FleetStoreError`` (`corrupt`, `protocol`).
  package init(stateText text: String) throws(FleetStoreError) {
    self.init()
    state = try FleetState(text: text)
  }

  /// - Parameters:
  ///   - text: the stored form of a member's record.
  ///   - name: its encoded name.
  /// - Throws: ``FleetStoreError`` (`corrupt`).
  package mutating func enter(recordText text: String, of name: String) throws(FleetStoreError) {
    members[name] = try FleetRecord(text: text, name: name, meters: state?.meters.count ?? 0)
  }

  /// - Parameter time: when the member was heard of last, in ms since 1970.
  package mutating func enter(seen time: Int64, of name: String) { seen[name] = time }

  /// - Parameter tag: the member's place in the queue.
  package mutating func enter(tag: Int64, of name: String) { queue.set(name, tag: tag) }
}
