namespace Blockwright.Graph.Memory;

/// <summary>About how many bytes something takes: enough to bound a memory, and found without walking far.</summary>
public static class Sizes
{
    /// <summary>An object with a few fields.</summary>
    public const long Item = 100;

    public static long Of(string text) => 24 + (2L * text.Length);

    public static long Of(Declaration declaration) =>
        (5 * Item) + (2 * Of(declaration.FullName)) + declaration.Parameters.Count * Item + declaration.Steps.Sum(Of) + (declaration.Budget is { } budget ? Of(budget) : 0) + declaration.ClassProblems.Sum(Of) + declaration.External.Sum(Of)
        + declaration.Form.TakenNames.Sum(Of) + declaration.Form.Components.Sum(Of) + declaration.Form.ClosedNames.Sum(Of) + declaration.Form.GroupNames.Sum(Of);

    public static long Of(Problem problem) => Item + problem.Arguments.Sum(Of) + problem.Uses.Sum(static use => Item + Of(use.Text));

    private static long Of(Step step) => Item + step.Blocks.Sum(static block => Item + Of(block.FullName)) + step.Arguments.Sum(static argument => Item + Of(argument.Value)) + (step.Class is { } own ? Of(own) : 0);

    private static long Of(OwnClass own) => (2 * Item) + (2 * Of(own.FullName)) + own.Shape.Sum(static argument => Item + Of(argument.Value)) + (own.Fault?.Arguments.Sum(Of) ?? 0);

    private static long Of(Value value) => value switch
    {
        Value.List list => Item + list.Items.Sum(Of),
        Value.Text text => Item + Of(text.Content),
        Value.Constant constant => Item + Of(constant.Code),
        _ => 2 * Item,
    };
}
