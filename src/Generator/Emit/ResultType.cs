using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>What a class gives, in C#: a tensor, or a tuple of them.</summary>
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

    /// <summary>Whether there are several.</summary>
    public bool IsTuple { get; }

    /// <summary>The type.</summary>
    public string Code { get; }

    /// <summary>One of the runtime's types that has the result's type as an argument where it is a tuple.</summary>
    public string Of(string type) => $"{Emitted.Runtime}{type}{(IsTuple ? $"<{Code}>" : "")}";

    /// <summary>What makes the tuple of what a snapshot's kernels give: the results that are there in inference.</summary>
    public string Packing
    {
        get
        {
            var next = 0;
            return $"static results => ({string.Join(", ", _declaration.Results.Select(result => result.IsTrainingOnly ? "null" : $"results[{Invariant(next++)}]"))})";
        }
    }

    private static string Invariant(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
