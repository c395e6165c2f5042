/// Where sessions have their prompts cached.
///
/// It holds the sessions of late: when the newer half is full, the older half is forgotten.
struct SessionTable: Sendable {
  struct Entry: Sendable, Equatable {
    var candidate: Int
    /// Tokens of the session that the scope has cached, by its last reply.
    var cachedTokens: Int
    var expiresAt: Duration
  }

  private let halfMax: Int
  private var newer: [Int: Entry] = [:]
  private var older: [Int: Entry] = [:]

  /// - Parameter sessionsMax: 2 or more.
  init(sessionsMax: Int = 65_536) { halfMax = max(sessionsMax / 2, 1) }

  var count: Int { newer.count + older.count }

  /// nil if nothing of the session is cached any more.
  func find(_ session: RouteSession, at now: Duration) -> Entry? {
    guard let entry = newer[session.key] ?? older[session.key], entry.expiresAt > now else { return nil }
    return entry
  }

  /// Those of which something is cached.
  func entries(at now: Duration) -> [Entry] {
    // A session in both halves counts as the newer one says.
    let all = Array(newer.values) + older.lazy.filter { newer[$0.key] == nil }.map(\.value)
    return all.filter { $0.expiresAt > now }
  }

  mutating func set(_ session: RouteSession, _ candidate: Int, cachedTokens: Int, at now: Duration) {
    older[session.key] = nil
    newer[session.key] = Entry(candidate: candidate, cachedTokens: cachedTokens, expiresAt: now + session.cachedFor)
    if newer.count > halfMax { (older, newer) = (newer, [:]) }
  }

  mutating func remove(_ session: RouteSession) { (newer[session.key], older[session.key]) = (nil, nil) }
}
