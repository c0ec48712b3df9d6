using System.Collections.Immutable;
using System.Globalization;

namespace Blockwright.Graph;

/// <summary>What can be said of a declaration before its dataflow is walked.</summary>
internal static class DeclarationChecks
{
    private const int MostCharacters = 128;

    private static readonly ImmutableArray<string> TakenNames = ImmutableArray.Create(Names.In, Names.Out, "inChannels", "outChannels");

    /// <summary>Whether an amount can have the parameter's name.</summary>
    public static bool HasSymbol(Parameter parameter) => parameter.Name.Length <= MostCharacters;

    /// <summary>Whether its constructor can have its parameters: who uses another block has no call to write.</summary>
    public static bool HasConstructor(Declaration block) =>
        block.Parameters.All(static parameter => IsName(parameter.Name) && HasSymbol(parameter)) && block.Parameters.Select(static parameter => parameter.Name).Distinct(StringComparer.Ordinal).Count() == block.Parameters.Count;

    /// <summary>Whether what it gives has a type, a tensor or a tuple: who uses another block has nothing to take apart.</summary>
    public static bool HasResultType(Declaration block) => block.Results is var results
        && (results.Length == 1 || (results.All(static result => result is { IsTrainingOnly: false, HasGoodName: true }) && results.Select(static result => result.Element).Distinct(StringComparer.Ordinal).Count() == results.Length));

    private static bool IsName(string name) => CodeNames.IsIdentifier(name) && !TakenNames.Contains(name);

    public static void Check(Declaration declaration, Reporter reporter)
    {
        CheckParameters(declaration, reporter);
        CheckResults(declaration, reporter);
        if (declaration.Budget is { } budget)
            Budget.Check(budget, reporter);
        if (declaration.Kind == DeclarationKind.Network)
            CheckInputs(declaration, reporter);
        // Of a class that is neither that is said, and what it is meant for is not known.
        foreach (var input in declaration.Kind == DeclarationKind.Network || declaration.ClassProblems.Any(static problem => problem.Id == ProblemIds.MissingKind) ? EquatableArray<InputSize>.Empty : declaration.Inputs)
            reporter.Report(ProblemIds.InvalidArgument, input.Place, "Input", "no [Input] on a block: its users give it one", "[Input]");
    }

    private static void CheckParameters(Declaration declaration, Reporter reporter)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in declaration.Parameters)
        {
            if (!IsName(parameter.Name))
                reporter.Report(ProblemIds.InvalidArgument, parameter.Place, nameof(ParameterAttribute.Name), "a C# identifier other than in, out, inChannels, outChannels", parameter.Name);
            else if (!HasSymbol(parameter))
                reporter.Report(ProblemIds.InvalidArgument, parameter.Place, nameof(ParameterAttribute.Name), $"at most {BuildLimits.Text(MostCharacters)} characters", BuildLimits.Text(parameter.Name.Length));
            else if (!seen.Add(parameter.Name))
                reporter.Report(ProblemIds.BoundTwice, parameter.Place, parameter.Name, Reporter.TakenOrEmpty(parameter.Name));
            CheckDefault(declaration, parameter, reporter);
        }
    }

    /// <summary>A block's users give each parameter; a network's constructor is called without.</summary>
    private static void CheckDefault(Declaration declaration, Parameter parameter, Reporter reporter)
    {
        var place = parameter.Place with { Argument = nameof(ParameterAttribute.Default) };
        if (declaration.Kind != DeclarationKind.Network)
        {
            if (parameter.Default is { } given)
                reporter.Report(ProblemIds.InvalidArgument, place, nameof(ParameterAttribute.Default), "none for a block's parameter, which each of its users gives", given.ToString(CultureInfo.InvariantCulture));
        }
        else if (parameter.Kind == ParameterKind.Activation)
        {
            var expected = "a number: a network's activations are layers, which its plan has to know (a block's users may give one)";
            reporter.Report(ProblemIds.InvalidArgument, parameter.Place with { Argument = nameof(ParameterAttribute.Kind) }, nameof(ParameterAttribute.Kind), expected, nameof(ParameterKind.Activation));
        }
        else if (parameter.Default is not { } number)
        {
            reporter.Report(ProblemIds.InvalidArgument, parameter.Place, "Parameter", $"what it is where nobody gives it, as [Parameter(\"{parameter.Name}\", 10)]: a network is planned and judged at that", $"[Parameter(\"{parameter.Name}\")]");
        }
        else if (number < 0)
        {
            reporter.Report(ProblemIds.InvalidArgument, place, nameof(ParameterAttribute.Default), "at least 0", number.ToString(CultureInfo.InvariantCulture));
        }
        else if (parameter.Others.Items.FirstOrDefault(static each => each < 0) is < 0 and var other)
        {
            var item = parameter.Place with { Argument = nameof(ParameterAttribute.Others), Item = parameter.Others.Items.IndexOf(other) };
            reporter.Report(ProblemIds.InvalidArgument, item, nameof(ParameterAttribute.Others), "at least 0", other.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void CheckResults(Declaration declaration, Reporter reporter)
    {
        foreach (var step in declaration.Steps.Where(static step => step.Kind == DeclaredResult.Attribute))
        {
            if (declaration.Kind != DeclarationKind.Network && step.Flag(nameof(OutputAttribute.TrainingOnly)) == true)
                reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(OutputAttribute.TrainingOnly)), nameof(OutputAttribute.TrainingOnly), "results that are always there, as a block's are (a network's may be there in training alone)", "true");
            if (step.List(nameof(OutputAttribute.Values)).Count == 0)
                reporter.Report(ProblemIds.InvalidArgument, step.Place, DeclaredResult.Attribute, "the names of the results", "none");
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var results = declaration.Results;
        foreach (var result in results)
        {
            // The running value comes first, and has a name of its own.
            if (!seen.Add(result.Element) && result.Value is not null)
                reporter.Report(ProblemIds.BoundTwice, result.Place, result.Value!, Reporter.TakenOrEmpty(result.Value!));
            else if (result.Value is not null && results.Length > 1 && !result.HasGoodName)
                reporter.Report(ProblemIds.InvalidArgument, result.Place, DeclaredResult.Attribute, "a name that with a capital letter a tuple's element may have (C# keeps Item1, Rest, ToString, _ and their like)", result.Value!);
        }
    }

    private static void CheckInputs(Declaration declaration, Reporter reporter)
    {
        if (declaration.Inputs.Count == 0 && declaration.IsComplete)
            reporter.Report(ProblemIds.MissingInput, Place.Class, declaration.Name);
        if (declaration.Inputs.Count > InputSize.Most)
            reporter.Report(ProblemIds.InvalidArgument, declaration.Inputs[InputSize.Most].Place, "Input", $"at most {BuildLimits.Text(InputSize.Most)} inputs, as a TorchSharp module takes (a Split cuts one into parts)", BuildLimits.Text(declaration.Inputs.Count));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var input in declaration.Inputs)
        {
            CheckSize(input, reporter);
            if (input.Name is null && declaration.Inputs.Count > 1)
                reporter.Report(ProblemIds.InvalidArgument, input.Place, "Input", "a Name, as each of several inputs has: forward's parameter, and the value that a From or a join reads", "none");
            else if (input.Name is not null && !input.HasGoodName)
                reporter.Report(ProblemIds.InvalidArgument, input.NamePlace, nameof(InputAttribute.Name), "a C# identifier other than in and out", input.Name);
            else if (input.Name is not null && !seen.Add(input.Name))
                reporter.Report(ProblemIds.BoundTwice, input.NamePlace, input.Name, Reporter.TakenOrEmpty(input.Name));
        }
    }

    private static void CheckSize(InputSize input, Reporter reporter)
    {
        Check(nameof(InputAttribute.Channels), input.Channels);
        Check(nameof(InputAttribute.Height), input.Height);
        Check(nameof(InputAttribute.Width), input.Width);
        if (Shape.Map(Amount.Of(input.Channels), Extent.Of(1), Extent.Of(1)).Excess is { } excess)
            reporter.Report(ProblemIds.TooLarge, input.Place with { Argument = nameof(InputAttribute.Channels) }, excess);

        void Check(string name, long value)
        {
            if (value < 1)
                reporter.Report(ProblemIds.InvalidArgument, input.Place with { Argument = name }, name, "at least 1", value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
