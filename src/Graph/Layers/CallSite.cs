using System.Globalization;

namespace Blockwright.Graph;

/// <summary>Whose class a module is.</summary>
public enum ModuleOrigin
{
    /// <summary>TorchSharp's, made by torch.nn.</summary>
    Torch,

    /// <summary>The runtime's.</summary>
    Runtime,

    /// <summary>The user's own, or any that he names; a snapshot makes it again.</summary>
    User,
}

/// <summary>The module that a layer registers.</summary>
/// <param name="Type">Its class in TorchSharp.Modules, or in the runtime; the user's own with all that stands before it.</param>
/// <param name="Factory">The call in torch.nn that makes it, or what stands behind new, in C# over the constructor's parameters.</param>
/// <param name="Snapshot">The runtime's class that a snapshot of torch's operations keeps of it.</param>
/// <param name="TakesNorm">Whether a batch norm behind it folds into it.</param>
/// <param name="IsNorm">Whether it is what folds.</param>
/// <param name="Origin">Whose class it is.</param>
public sealed record ModuleCode(string Type, string Factory, string Snapshot, bool TakesNorm = false, bool IsNorm = false, ModuleOrigin Origin = ModuleOrigin.Torch)
{
    /// <summary>Who may name its class.</summary>
    public Visibility Visibility { get; init; } = Visibility.Everybody;

    /// <summary>Its class in emitted code.</summary>
    public string TypeCode => Origin switch { ModuleOrigin.Torch => Emitted.Modules + Type, ModuleOrigin.Runtime => Emitted.Runtime + Type, _ => Type };

    /// <summary>What makes it in emitted code.</summary>
    public string FactoryCode => Origin switch { ModuleOrigin.Torch => $"{Emitted.Torch}nn.{Factory}", ModuleOrigin.Runtime => $"new {Emitted.Runtime}{Factory}", _ => $"new {Factory}" };
}

/// <summary>Where a layer's call stands.</summary>
/// <param name="Input">The variable that comes in.</param>
/// <param name="Module">The field of its module or of what a snapshot keeps of it; empty where there is none.</param>
/// <param name="IsInPlace">Whether it writes over its input.</param>
/// <param name="Number">How a number is named there.</param>
public sealed record CallSite(string Input, string Module, bool IsInPlace, Func<Amount, string> Number)
{
    /// <summary>What it is, for people: the declaration and its key in there.</summary>
    public string Where { get; init; } = "";

    /// <summary>The variable of the value whose height and width the layer reads; empty for most.</summary>
    public string Like { get; init; } = "";

    /// <summary>How a function that the constructor was given is named there.</summary>
    public Func<string, string> Function { get; init; } = static parameter => parameter;

    /// <summary>What ends the name of torch's method: it has another that writes over its input.</summary>
    public string Ending => IsInPlace ? "_" : "";

    public string Sides(Sides sides) => string.Join(", ", sides.All.Select(Number));

    public string Pair(Pair pair) => $"({Number(pair.Height)}, {Number(pair.Width)})";
}

/// <summary>How emitted code spells things. The aliases stand at the head of each file; with :: nothing of the user's can be meant.</summary>
public static class Emitted
{
    public const string BlockwrightAlias = "Bw_";
    public const string TorchAlias = "Ts_";

    public const string Runtime = BlockwrightAlias + "::";
    public const string Torch = TorchAlias + "::torch.";
    public const string Modules = TorchAlias + "::Modules.";
    public const string Ops = Runtime + "TensorOps.";
    public const string Plans = Runtime + "Plans.";

    /// <summary>What a snapshot keeps of a layer that nothing folds into.</summary>
    public const string Frozen = "FrozenLayer";

    /// <summary>The factor of a sum, as a Scalar that lives as long as the call.</summary>
    public const string One = Ops + "One";

    public static string Bool(bool value) => value ? "true" : "false";

    /// <summary>A Scalar that lives as long as the call: one that C# converts a number to does not.</summary>
    public static string Scalar(double value) => $"{Ops}Constant({Real(value)})";

    public static string Real(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
