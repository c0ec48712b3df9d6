using Blockwright.Generator.Plan;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>What a class gives, in C#: a tensor, or a tuple of them; and the runtime's types for that, and for as many inputs.</summary>
internal sealed class ResultType
{
    private const string Tensor = Emitted.Torch + "Tensor";

    private readonly Declaration _declaration;

    /// <param name="isNewLanguage">Whether the compiler reads tuples and what may be null.</param>
    public ResultType(Declaration declaration, bool isNewLanguage = true)
    {
        _declaration = declaration;
        IsTuple = isNewLanguage && declaration.Results is { Length: > 1 } results && results.All(static result => result.HasGoodName) && results.Select(static result => result.Element).Distinct().Count() == results.Length;
        Code = IsTuple ? $"({string.Join(", ", declaration.Results.Select(static result => $"{Tensor}{(result.IsTrainingOnly ? "?" : "")} {CodeNames.Escape(result.Element)}"))})" : Tensor;
    }

    /// <summary>How many inputs there are: 1 of a block, and at most as many as a module takes.</summary>
    public int Inputs => _declaration.Kind == DeclarationKind.Network ? Math.Min(Math.Max(_declaration.Inputs.Count, 1), InputSize.Most) : 1;

    /// <summary>Whether there are several inputs.</summary>
    public bool HasInputs => Inputs > 1;

    /// <summary>Whether the base class knows how many channels come out.</summary>
    public bool HasOutChannels => !IsTuple && !HasInputs;

    /// <summary>Forward's parameters: the inputs by their names.</summary>
    public IReadOnlyList<string> Parameters
    {
        get
        {
            if (!HasInputs)
                return [ForwardPlan.Input];
            var names = _declaration.Inputs.Take(Inputs).Select(static (input, i) => input.HasGoodName ? CodeNames.Parameter(input.Name!) : $"{ForwardPlan.Input}{Invariant(i + 1)}").ToList();
            return names.Distinct().Count() == names.Count ? names : names.Select(static (_, i) => $"{ForwardPlan.Input}{Invariant(i + 1)}").ToList();
        }
    }

    /// <summary>What Compute takes: the input, or an array of several.</summary>
    public string ComputeParameter => HasInputs ? $"{Tensor}[] {ForwardPlan.AllInputs}" : $"{Tensor} {ForwardPlan.Input}";

    /// <summary>Torch's module of so many inputs.</summary>
    public string TorchModule => $"{Emitted.Torch}nn.Module<{string.Concat(Enumerable.Repeat(Tensor + ", ", Inputs))}{Code}>";

    /// <summary>Whether there are several results.</summary>
    public bool IsTuple { get; }

    /// <summary>The type.</summary>
    public string Code { get; }

    /// <summary>One of the runtime's types that has the result's type as an argument where it is a tuple.</summary>
    private string Of(string type) => $"{Emitted.Runtime}{type}{(IsTuple ? $"<{Code}>" : "")}";

    /// <summary>The base class.</summary>
    public string Base => _declaration.Kind == DeclarationKind.Network ? OfInputs("NetworkModule") : Of("BlockModule");

    /// <summary>What a network's Fuse gives.</summary>
    public string FusedNetwork => OfInputs("FusedNetwork");

    /// <summary>What a snapshot of torch's operations is.</summary>
    public string FusedModule => HasInputs ? $"{Emitted.Runtime}FusedModuleOfInputs<{Code}>" : Of("FusedModule");

    /// <summary>What a constructor of a network hands to its base class beside the plans.</summary>
    public string PackingArgument => IsTuple || HasInputs ? ", " + Packing : "";

    /// <summary>One of the runtime's types that there are for each number of inputs.</summary>
    private string OfInputs(string type) => HasInputs ? $"{Emitted.Runtime}{type}{Invariant(Inputs)}<{Code}>" : Of(type);

    /// <summary>What makes the tuple of what a snapshot's kernels give: the results that are there in inference.</summary>
    private string Packing
    {
        get
        {
            if (!IsTuple)
                return "static results => results[0]";
            var next = 0;
            return $"static results => ({string.Join(", ", _declaration.Results.Select(result => result.IsTrainingOnly ? "null" : $"results[{Invariant(next++)}]"))})";
        }
    }

    private static string Invariant(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
