using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>
/// BW4005: a class that is a ShuffleNet V2 unit, written by hand. Reported only where all of the class is understood, down to the last number; the
/// diagnostic carries the declaration that says the same.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandWrittenUnit() : HandWrittenAnalyzer(Descriptors.HandWrittenUnit)
{
    /// <summary>The diagnostic's property that holds the attributes, one list a line.</summary>
    public const string Attributes = nameof(Attributes);

    /// <summary>The property that names the constructor's parameter which says the channels in.</summary>
    public const string InParameter = nameof(InParameter);

    /// <summary>The property with how many times that parameter the channels in are.</summary>
    public const string InFactor = nameof(InFactor);

    /// <summary>The property that names the parameter which says the channels out; absent where the block does not ask for them.</summary>
    public const string OutParameter = nameof(OutParameter);

    /// <summary>The property with how many times that parameter the channels out are.</summary>
    public const string OutFactor = nameof(OutFactor);

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch)
    {
        if (context.Compilation.GetTypeByMetadataName(DeclarationReader.BlockAttribute) is null
            || context.Compilation is CSharpCompilation { LanguageVersion: < LanguageVersion.CSharp11 })
            return;
        context.RegisterSyntaxNodeAction(node => Check(node, torch), SyntaxKind.ClassDeclaration);
    }

    private static void Check(SyntaxNodeAnalysisContext context, TorchSymbols torch)
    {
        var syntax = (ClassDeclarationSyntax)context.Node;
        if (UnitClass.From(syntax, context.SemanticModel, torch, context.CancellationToken) is not { } type
            || new ShuffleUnitReader(torch, context.SemanticModel, context.CancellationToken).Read(type) is not { } unit)
            return;
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.HandWrittenUnit,
            syntax.Identifier.GetLocation(),
            Properties(unit),
            syntax.Identifier.ValueText));
    }

    private static ImmutableDictionary<string, string?> Properties(ShuffleUnit unit)
    {
        var properties = ImmutableDictionary<string, string?>.Empty
            .Add(Attributes, string.Join("\n", UnitText.Write(unit)))
            .Add(InParameter, unit.In.Symbol.Name)
            .Add(InFactor, unit.In.Factor.ToString(CultureInfo.InvariantCulture));
        return unit.Out is { } output
            ? properties.Add(OutParameter, output.Symbol.Name).Add(OutFactor, output.Factor.ToString(CultureInfo.InvariantCulture))
            : properties;
    }
}
