using System.Globalization;

namespace Blockwright.Graph;

/// <summary>The module that a layer registers.</summary>
/// <param name="Type">Its class in TorchSharp.Modules, or in the runtime.</param>
/// <param name="Factory">The call in torch.nn that makes it, or the runtime's constructor, in C# over the constructor's parameters.</param>
/// <param name="Snapshot">The runtime's class that a snapshot of torch's operations keeps of it.</param>
/// <param name="TakesNorm">Whether a batch norm behind it folds into it.</param>
/// <param name="IsNorm">Whether it is what folds.</param>
/// <param name="IsOfTorch">Whether torch.nn has it; else the runtime does.</param>
public sealed record ModuleCode(string Type, string Factory, string Snapshot, bool TakesNorm = false, bool IsNorm = false, bool IsOfTorch = true)
{
    /// <summary>Its class in emitted code.</summary>
    public string TypeCode => (IsOfTorch ? Emitted.Modules : Emitted.Runtime) + Type;

    /// <summary>What makes it in emitted code.</summary>
    public string FactoryCode => IsOfTorch ? $"{Emitted.Torch}nn.{Factory}" : $"new {Emitted.Runtime}{Factory}";
}

/// <summary>Where a layer's call stands.</summary>
/// <param name="Input">The variable that comes in.</param>
/// <param name="Module">The field of its module or of what a snapshot keeps of it; empty where there is none.</param>
/// <param name="IsInPlace">Whether it writes over its input.</param>
/// <param name="Number">How a number is named there.</param>
public sealed record CallSite(string Input, string Module, bool IsInPlace, Func<Amount, string> Number)
{
    /// <summary>The variable of the value whose height and width the layer reads; empty for most.</summary>
    public string Like { get; init; } = "";

    /// <summary>How a function that the constructor was given is named there.</summary>
    public Func<string, string> Function { get; init; } = static parameter => parameter;

    /// <summary>What ends the name of torch's method: it has another that writes over its input.</summary>
    public string Ending => IsInPlace ? "_" : "";

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

    /// <summary>What a snapshot keeps of a layer that nothing folds into.</summary>
    public const string Frozen = "FrozenLayer";

    /// <summary>The factor of a sum, as a Scalar that lives as long as the call.</summary>
    public const string One = Ops + "One";

    public static string Bool(bool value) => value ? "true" : "false";

    /// <summary>A Scalar that lives as long as the call: one that C# converts a number to does not.</summary>
    public static string Scalar(double value) => $"{Ops}Constant({Real(value)})";

    public static string Real(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
