using System.ComponentModel;

namespace Blockwright;

/// <summary>A network's parameter. Written by the build's code.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Planned">What it is in the plans.</param>
/// <param name="IsOpen">Whether the plans serve it whatever it is: it says the channels of last layers and nothing else.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record NetworkParameter(string Name, int Planned, bool IsOpen);
