using System.ComponentModel;

namespace Blockwright.Plans;

/// <summary>What recipes say of a module of the user's own, which nobody here can write in operators: the export refuses it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class OnnxModules
{
    /// <summary>In an operator's place.</summary>
    public const string Own = "OwnModule";
}
