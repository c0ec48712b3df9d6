namespace Blockwright.Graph;

/// <summary>A class of the user's own that stands in a declaration as a layer.</summary>
/// <param name="FullName">As C# names it from anywhere.</param>
/// <param name="Name">Its own name.</param>
/// <param name="Visibility">Who may name it.</param>
/// <param name="Shape">What its [Shape] says, by the names of the attribute's properties.</param>
/// <param name="Fault">Why it cannot stand there; null where it can.</param>
public sealed record OwnClass(string FullName, string Name, Visibility Visibility, EquatableArray<Argument> Shape, OwnClassFault? Fault);

/// <summary>Why a class cannot stand in a declaration as a layer.</summary>
/// <param name="Id">The diagnostic's id.</param>
/// <param name="Place">Where that is said.</param>
/// <param name="Arguments">What the message is formatted with.</param>
public sealed record OwnClassFault(string Id, Place Place, EquatableArray<string> Arguments);
