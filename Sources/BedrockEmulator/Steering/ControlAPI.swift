import AWSServer
import AWSWire
import Foundation

/// The control API, with which tests steer a running emulator: `/_emulator/…`, JSON without signatures. See docs/emulator.md.
struct ControlAPI: Sendable {
  let emulator: Emulator

  func respond(to request: ServerRequest) -> ServerResponse {
    do throws(Refusal) {
      return .json(try answer(request).data)
    } catch {
      return error.reply
    }
  }

  private func answer(_ request: ServerRequest) throws(Refusal) -> JSONValue {
    let path = request.path.dropFirst("/_emulator".count).split(separator: "/").joined(separator: "/")
    switch (request.method, path) {
    case ("GET", ""), ("GET", "state"): return state()
    case ("POST", "reset"): emulator.reset()
    case ("GET", "faults"): return faults()
    case ("PUT", "faults"), ("POST", "faults"): try setFaults(body(of: request))
    case ("PUT", "quotas"), ("POST", "quotas"): try setQuota(body(of: request))
    case ("PUT", "reservation"), ("POST", "reservation"): try setReservation(body(of: request))
    case ("PUT", "traffic"), ("POST", "traffic"): try setTraffic(body(of: request))
    case ("PUT", "reserved"), ("POST", "reserved"):
      let body = try body(of: request)
      try setReserved(body, in: region(body))
    case ("PUT", "access"), ("POST", "access"): try setAccess(body(of: request))
    case ("PUT", "quota-requests"), ("POST", "quota-requests"): try decide(body(of: request))
    case ("GET", "replies"): return replies()
    case ("PUT", "replies"), ("POST", "replies"): try setReplies(body(of: request))
    case ("GET", "clock"): return clock()
    case ("PUT", "clock"), ("POST", "clock"): try setClock(body(of: request))
    default:
      throw Refusal(
        status: 404,
        message:
          "There is no \(request.method) /_emulator/\(path.prefix(50)); there are state, reset, faults, replies, quotas, reservation, traffic, reserved, access, quota-requests and clock."
      )
    }
    return path == "clock" ? clock() : path == "faults" ? faults() : path == "replies" ? replies() : state()
  }

  private func body(of request: ServerRequest) throws(Refusal) -> JSONValue {
    guard let body = try? JSONValue(request.body), body.members != nil else {
      throw Refusal(message: "The body must be a JSON object.")
    }
    return body
  }

  private func region(_ body: JSONValue) throws(Refusal) -> EmulatedRegion {
    let name = body["region"]?.string ?? emulator.mainRegion
    guard let region = emulator.regions[name] else { throw Refusal(message: "This account has no Region \(name.prefix(50)).") }
    return region
  }

  // MARK: - Changing

  private func setFaults(_ body: JSONValue) throws(Refusal) {
    var rates: [FaultPlan.Fault: Double] = [:]
    for member in body.members ?? [] {
      guard let fault = FaultPlan.Fault(rawValue: member.name), let rate = member.value.double else {
        let names = FaultPlan.Fault.allCases.map(\.rawValue).joined(separator: ", ")
        throw Refusal(message: "Faults are \(names), each with a rate from 0 to 1.")
      }
      rates[fault] = rate
    }
    guard let plan = FaultPlan(rates: rates) else { throw Refusal(message: "Rates must be 0 to 1, and their sum at most 1.") }
    emulator.faults.current = plan
  }

  private func setQuota(_ body: JSONValue) throws(Refusal) {
    guard let code = body["code"]?.string, let value = body["value"]?.double else {
      throw Refusal(message: "A quota needs code and value.")
    }
    guard QuotaBook.valueRange.contains(value) else {
      throw Refusal(message: "A quota's value must be from 0 to \(Int(QuotaBook.valueRange.upperBound)).")
    }
    guard try region(body).quotas.setValue(value, of: code) else {
      throw Refusal(message: "There is no quota \(code.prefix(50)) here.")
    }
  }

  private func setReservation(_ body: JSONValue) throws(Refusal) {
    guard let factor = body["factor"]?.string.flatMap(ReservationFactor.init) else {
      throw Refusal(message: "A reservation needs factor, \"1\" or \"burndown\".")
    }
    try region(body).enforcer.setReservationFactor(factor)
  }

  private func setTraffic(_ body: JSONValue) throws(Refusal) {
    guard let id = body["modelId"]?.string, let share = body["share"]?.double, (0..<1).contains(share) else {
      throw Refusal(message: "Traffic needs modelId and share, from 0 to below 1.")
    }
    let region = try region(body)
    do {
      try region.setForeign(modelID: id, share: share)
    } catch {
      throw Refusal(message: error.message)
    }
  }

  private func setAccess(_ body: JSONValue) throws(Refusal) {
    guard let denied = body["denied"]?.array, denied.allSatisfy({ $0.string != nil }), denied.count <= 1_000 else {
      throw Refusal(message: "Access needs denied, a list of model or profile ids.")
    }
    let (ids, directory) = (Set(denied.compactMap(\.string)), try region(body).directory)
    if let unknown = ids.sorted().first(where: { !directory.knows($0) }) {
      throw Refusal(message: "The account lists no model or inference profile \(unknown.prefix(100)).")
    }
    directory.setDeniedModels(ids)
  }

  private func setClock(_ body: JSONValue) throws(Refusal) {
    let scale = body["scale"]?.double
    let seconds = body["advanceSeconds"]?.double
    if body["scale"] != nil, scale.map({ (0.001...EmulatorClock.scaleMax).contains($0) }) != true {
      throw Refusal(message: "scale must be from 0.001 to \(Int(EmulatorClock.scaleMax)).")
    }
    if body["advanceSeconds"] != nil, seconds.map({ (0...Double(EmulatorClock.advanceMax) / 1e9).contains($0) }) != true {
      throw Refusal(message: "advanceSeconds must be from 0 to a year.")
    }
    // The jump first: it can be refused, and then nothing is changed.
    if let seconds, !emulator.clock.advance(by: Int64(seconds * 1e9)) {
      throw Refusal(message: "The clock can be moved at most 100 years ahead of its start; reset sets it back.")
    }
    if let scale { emulator.clock.setScale(scale) }
  }

  // MARK: - Showing

  private func clock() -> JSONValue {
    [
      "now": .string(emulator.clock.date.ISO8601Format()), "epochSeconds": .number(emulator.clock.date.timeIntervalSince1970),
      "scale": .number(emulator.clock.scale),
    ]
  }

  private func faults() -> JSONValue {
    let rates = emulator.faults.current.rates
    return .object(FaultPlan.Fault.allCases.map { .init($0.rawValue, .number(rates[$0] ?? 0)) })
  }

  private func state() -> JSONValue {
    let regions = emulator.regions.sorted { $0.key < $1.key }.map { name, region in
      JSONValue.object([
        .init("region", .string(name)), .init("semantics", .string(region.enforcer.semanticsName)),
        .init("reservationFactor", .string(region.enforcer.reservationFactor.rawValue)),
        .init("meters", .array((region.enforcer.meters() + region.mantle.enforcer.meters()).map(Self.meter))),
        .init(
          "traffic", .array(region.enforcer.foreign.map { ["modelId": .string($0.modelID), "share": .number($0.share)] })),
        .init("reserved", .array(region.reserved.levels.map(Self.reserved))),
      ])
    }
    return ["clock": clock(), "faults": faults(), "regions": .array(regions)]
  }

  private static func meter(_ meter: QuotaEnforcer.MeterState) -> JSONValue {
    [
      "code": .string(meter.code), "name": .string(meter.name), "measure": .string(meter.measure),
      "quota": .integer(Int(meter.quota)), "available": .number(meter.available), "inFlight": .integer(meter.inFlight),
    ]
  }
}
