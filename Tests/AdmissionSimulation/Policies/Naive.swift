/// Sends at once and drops throttled requests: a program that ignores quotas.
package struct Naive: Policy {
  package init() {}
  package mutating func arrive(_ id: CallID, _ ask: Ask, at now: Int64) -> Verdict { .send }
  package mutating func ended(_ id: CallID, _ ask: Ask, _ reply: Reply, at now: Int64) -> Sequel { .over }
}
