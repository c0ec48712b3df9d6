using System.Collections.Concurrent;
using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Calls;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Modules;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW6001: a module's class that never calls <c>RegisterComponents()</c>, and for which nobody does. A module that registers a child makes it register, too; so this is said of
/// a class only where it stands in no other module, or as a child of a <c>Sequential</c>, which does not do so. Known at the end of a compilation, when all that holds one is seen.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NeverRegistered() : HandWrittenAnalyzer(Descriptors.NeverRegistered)
{
    private static readonly ImmutableHashSet<string> Inventories = ImmutableHashSet.Create(
        StringComparer.Ordinal, "named_children", "children", "named_modules", "modules", "named_parameters", "parameters", "state_dict");

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch)
    {
        var roots = RootModules.Of(context.Compilation, torch);
        var seen = new Seen(torch);
        context.RegisterOperationBlockAction(block =>
        {
            roots.Read(block.OwningSymbol, block.OperationBlocks, block.CancellationToken);
            seen.Read(block.OwningSymbol, block.OperationBlocks, block.CancellationToken);
        });
        context.RegisterCompilationEndAction(end =>
        {
            foreach (var type in roots.Made.Concat(seen.InSequential.Keys).Distinct(SymbolEqualityComparer.Default).OfType<INamedTypeSymbol>().Until(end.CancellationToken))
            {
                var how = !seen.MayLose(type) || !IsWrittenHere(type, torch, end.CancellationToken) ? null
                    : seen.InSequential.ContainsKey(type) ? "Sequential does not do it for its children"
                    : roots.IsRoot(type) ? "it stands in no module that would do it"
                    : null;
                if (how is not null)
                    end.ReportDiagnostic(Diagnostic.Create(Descriptors.NeverRegistered, type.Locations[0],
                        ImmutableDictionary<string, string?>.Empty.Add(LostSubmodule.Cause, LostSubmodule.Never), type.Name, how));
            }
        });
    }

    /// <summary>Whether all of the class, and of what it derives from up to torch's own, is here and by hand, and says nothing of registration.</summary>
    private static bool IsWrittenHere(INamedTypeSymbol type, TorchSymbols torch, CancellationToken cancellation)
    {
        var each = type;
        for (; !torch.IsTorch(each); each = each.BaseType)
        {
            if (each.DeclaringSyntaxReferences.Length != 1 || DeclarationReader.IsDeclared(each) || each.BaseType is null
                || each.GetMembers().Any(static member => member is IMethodSymbol { IsOverride: true } && Inventories.Contains(member.Name))
                || Registration.IsNamedIn(each.DeclaringSyntaxReferences[0].GetSyntax(cancellation)))
                return false;
        }
        return each.Name == "Module";
    }

    /// <summary>What the code of a compilation makes and registers.</summary>
    private sealed class Seen(TorchSymbols torch)
    {
        private readonly ConcurrentDictionary<ITypeSymbol, bool> _registered = new(SymbolEqualityComparer.Default);
        private readonly ConcurrentDictionary<ITypeSymbol, bool> _weighty = new(SymbolEqualityComparer.Default);
        private readonly ConcurrentDictionary<(ITypeSymbol Holder, ITypeSymbol Held), bool> _held = new();
        private volatile bool _mayBeAnywhere;

        /// <summary>The classes of modules that were made right where a Sequential takes them.</summary>
        public ConcurrentDictionary<ISymbol, bool> InSequential { get; } = new(SymbolEqualityComparer.Default);

        /// <summary>Whether the class holds a layer with weights, itself or in a module that it makes, and nobody registers it from elsewhere.</summary>
        public bool MayLose(INamedTypeSymbol type)
        {
            for (var each = type; each is not null; each = each.BaseType)
                if (_mayBeAnywhere || _registered.ContainsKey(each.OriginalDefinition))
                    return false;
            var open = new Stack<ITypeSymbol>([type]);
            var reached = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
            while (open.Count > 0)
            {
                var next = open.Pop();
                if (!reached.Add(next))
                    continue;
                if (_weighty.ContainsKey(next))
                    return true;
                foreach (var (_, held) in _held.Keys.Where(pair => SymbolEqualityComparer.Default.Equals(pair.Holder, next)))
                    open.Push(held);
                if (next.BaseType is { } parent)
                    open.Push(parent.OriginalDefinition);
            }
            return false;
        }

        public void Read(ISymbol owner, ImmutableArray<IOperation> blocks, CancellationToken cancellation)
        {
            foreach (var operation in blocks.WithAllInside(cancellation))
                switch (operation)
                {
                    case IInvocationOperation call:
                        Call(call);
                        break;
                    case ISimpleAssignmentOperation assignment when assignment.Target.OwnMember() is { } member:
                        Hold(owner, member, assignment.Value);
                        break;
                    case IFieldInitializerOperation initializer:
                        foreach (var field in initializer.InitializedFields)
                            Hold(owner, field, initializer.Value);
                        break;
                    case IPropertyInitializerOperation initializer:
                        foreach (var property in initializer.InitializedProperties)
                            Hold(owner, property, initializer.Value);
                        break;
                    // By reflection.
                    case ILiteralOperation { ConstantValue.Value: "RegisterComponents" }:
                    case INameOfOperation { ConstantValue.Value: "RegisterComponents" }:
                        _mayBeAnywhere = true;
                        break;
                }
        }

        private void Call(IInvocationOperation call)
        {
            if (Registration.Names.Contains(call.TargetMethod.Name) && call.Instance?.Type is { } type)
                _registered.TryAdd(type.OriginalDefinition, true);
            if (!torch.IsFactory(call.TargetMethod, "Sequential"))
                return;
            foreach (var child in call.Arguments.SelectMany(static argument => argument.Value.Elements() ?? [argument.Value.Unwrapped()]))
                if ((child is ITupleOperation { Elements.Length: 2 } named ? named.Elements[1].Unwrapped() : child)
                    is IObjectCreationOperation { Constructor.ContainingType: { } made } && torch.IsModule(made))
                    InSequential.TryAdd(made.OriginalDefinition, true);
        }

        /// <summary>A member that registration would find gets a parameter, a layer with weights, or a module that may have some.</summary>
        private void Hold(ISymbol owner, ISymbol member, IOperation value)
        {
            // One of its own is enough: what else it holds is not asked for then.
            if (member.IsStatic || owner.ContainingType is not { } type || !torch.IsModule(type) || _weighty.ContainsKey(type.OriginalDefinition))
                return;
            value = Definitions.Resolve(value);
            if (Weights.AreMadeBy(value, torch) || value.Type is { Name: "Parameter" } parameter && torch.IsTorch(parameter))
                _weighty.TryAdd(type.OriginalDefinition, true);
            else if (torch.IsModule(value.Type))
                foreach (var held in value.DescendantsAndSelf().OfType<IObjectCreationOperation>())
                    if (held.Type is { } made && torch.IsModule(made) && !torch.IsTorch(made))
                        _held.TryAdd((type.OriginalDefinition, made.OriginalDefinition), true);
        }
    }
}
