using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Analyzers.HandWritten.Code;
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
    /// <summary>The property that names the parameter which chooses between two units; absent where the class is one.</summary>
    public const string Stride = nameof(Stride);

    /// <summary>The property with the strides for which the class is a unit, separated by commas (0 where the class is one unit); the other properties' names end in it.</summary>
    public const string Strides = nameof(Strides);

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
            || Read(type, context, torch) is not { } unit)
            return;
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.HandWrittenUnit,
            syntax.Identifier.GetLocation(),
            Properties(unit),
            syntax.Identifier.ValueText));
    }

    private static UnitForms? Read(UnitClass type, SyntaxNodeAnalysisContext context, TorchSymbols torch)
    {
        try
        {
            return new ShuffleUnitReader(torch, context.SemanticModel, context.CancellationToken).ReadForms(type);
        }
        catch (OverflowException)
        {
            // Numbers beyond 64 bits are no unit's channels; Amount counts exactly or not at all.
            return null;
        }
    }

    private static ImmutableDictionary<string, string?> Properties(UnitForms unit)
    {
        var properties = ImmutableDictionary.CreateBuilder<string, string?>();
        if (unit.Stride is { } stride)
            properties.Add(Stride, stride.Name);
        properties.Add(Strides, string.Join(",", unit.Forms.Select(form => Text(form.Stride))));
        foreach (var (value, form) in unit.Forms)
        {
            properties.Add(Attributes + Text(value), string.Join("\n", UnitText.Write(form)));
            properties.Add(InParameter + Text(value), form.In.Symbol.Name);
            properties.Add(InFactor + Text(value), Text(form.In.Factor));
            if (form.Out is not { } output)
                continue;
            properties.Add(OutParameter + Text(value), output.Symbol.Name);
            properties.Add(OutFactor + Text(value), Text(output.Factor));
        }
        return properties.ToImmutable();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
