import AWSServer
import AWSWire
import Bedquota
package import Foundation

/// The model that a request names, and the id that the gateway invokes for it: another one if the name is one of the configuration's.
/// Of a list, it is that of the first entry, unless ``at(_:)`` says which candidate.
package struct InvokedName: Sendable, Equatable {
  /// As the caller wrote it.
  package var name: String
  /// As AWS gets it.
  package var id: String
  /// What the configuration says of the name; nil: nothing.
  package var route: NamedRoute?
  /// The entries of the list that the name stands for; empty: it stands for none.
  package var list: [NamedRoute]

  /// - Parameters:
  ///   - name: what the path or the body says.
  ///   - models: the names of the configuration.
  package init(_ name: String, models: [String: [NamedRoute]]) {
    self.name = name
    let routes = models[name] ?? []
    route = routes.first
    list = route?.isListEntry == true ? routes : []
    id = route?.id ?? name
  }

  package var isRenamed: Bool { id != name }

  /// A key may have a name, or what it stands for; of a list, one of the ids is enough.
  func isAllowed(to caller: Caller) -> Bool { isAllowed(id, to: caller) || list.contains { isAllowed($0.id, to: caller) } }

  /// The name with the first id that a caller may have.
  func allowed(to caller: Caller) throws(GatewayRefusal) -> InvokedName {
    if isAllowed(id, to: caller) { return self }
    guard let first = list.first(where: { isAllowed($0.id, to: caller) }) else {
      throw GatewayRefusal(caller.modelRefusal(name), .model)
    }
    var allowed = at(first.id)
    allowed.route = first
    return allowed
  }

  /// Whether a caller may have one of the ids that the name stands for.
  func isAllowed(_ id: String, to caller: Caller) -> Bool { caller.mayInvoke(id) || (id != name && caller.mayInvoke(name)) }

  /// The same name, with another one of the ids that it stands for.
  func at(_ id: String) -> InvokedName {
    var copy = self
    copy.id = id
    return copy
  }

  /// `/model/{id}/{operation}` with the id; everything else as it came.
  package func target(from target: String) -> String {
    let path = target.prefix { $0 != "?" }
    guard isRenamed, path.hasPrefix("/model/"), let slash = path.lastIndex(of: "/") else { return target }
    return "/model/" + PercentEncoding.encode(id) + target[slash...]
  }

  /// The body with the id as its member `model`; every other byte as it came.
  package func body(from body: Data) throws(GatewayRefusal) -> Data {
    guard isRenamed else { return body }
    do {
      return Data(try JSONPatch.setting(["model"], to: .string(id), in: Array(body)))
    } catch {
      throw .invalid(
        "The body can't be read, so its model can't be replaced by the one that its name stands for; send it as JSON.")
    }
  }
}

extension InvokedName {
  /// The model that a body names.
  init(_ relayed: RelayedRequest, models: [String: [NamedRoute]]) throws(GatewayRefusal) {
    guard relayed.models.count < 2 else { throw .invalid("The body names more than one model; name one.") }
    guard let model = relayed.models.first else {
      throw .invalid(
        relayed.unread == nil
          ? "The body names no model; set its member model." : "The body can't be read, so it names no model; send it as JSON.")
    }
    self.init(model, models: models)
    // Of two members, one would keep the name.
    if isRenamed || !list.isEmpty, relayed.repeatsModel { throw .invalid("The body has its member model twice; send it once.") }
  }
}
