using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>Reads what layer an expression makes: factories of <c>torch.nn</c>, through locals, members and small methods that return one.</summary>
internal sealed class LayerReader(TorchSymbols torch)
{
    private const int MaximumDepth = 12;

    // A Sequential of Sequentials that are written once each, and named many times.
    private const int MostLayers = 4096;

    private readonly Dictionary<(IOperation, int), Layer> _known = [];
    private readonly Dictionary<ITypeSymbol, bool> _convolving = new(SymbolEqualityComparer.Default);

    private static readonly ImmutableHashSet<string> ElementwiseFactories = ImmutableHashSet.Create(
        "ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Sigmoid", "Tanh", "Hardsigmoid", "Hardswish", "Hardtanh",
        "Softplus", "Softsign", "Dropout", "Dropout2d", "AlphaDropout", "Identity");

    private static readonly ImmutableHashSet<string> SpatialFactories = ImmutableHashSet.Create(
        "MaxPool2d", "AvgPool2d", "AdaptiveMaxPool2d", "LPPool2d", "FractionalMaxPool2d", "ZeroPad2d", "ReflectionPad2d", "ReplicationPad2d",
        "ConstantPad2d", "Upsample", "ChannelShuffle");

    /// <summary>The layer that the operation stands for.</summary>
    public Layer Read(IOperation? operation) => Read(operation, MaximumDepth);

    /// <summary>The layer that a call of a <c>torch.nn</c> factory makes.</summary>
    public Layer ReadFactory(IInvocationOperation call) => ReadFactory(call, MaximumDepth);

    private Layer Read(IOperation? operation, int depth)
    {
        if (operation is null || depth == 0 || Appends.IsAppendedTo(operation))
            return Layer.Unknown;
        var resolved = Definitions.Resolve(operation);
        if (!_known.TryGetValue((resolved, depth), out var known))
            _known[(resolved, depth)] = known = ReadResolved(resolved, depth);
        return known;
    }

    private Layer ReadResolved(IOperation resolved, int depth)
    {
        switch (resolved)
        {
            // A named child: ("conv", Conv2d(...)).
            case ITupleOperation { Elements.Length: 2 } named:
                return Read(named.Elements[1], depth - 1);
            case IInvocationOperation { TargetMethod: { Name: "Create", ContainingType.Name: "Tuple" } } pair when pair.Arguments.Length == 2:
                return Read(pair.Arguments[1].Value, depth - 1);
            case IInvocationOperation call when torch.IsFactory(call.TargetMethod):
                return ReadFactory(call, depth - 1);
            // conv.to(device), conv.cuda(): the same module.
            case IInvocationOperation { TargetMethod: { Name: "to" or "cuda" or "cpu", IsExtensionMethod: true } } moved
                when torch.IsTorch(moved.TargetMethod) && moved.Arguments.Length > 0:
                return Read(moved.Arguments[0].Value, depth - 1);
            case IInvocationOperation call when torch.IsModule(call.Type):
                return ReadMethod(call, depth - 1).WithoutNumbers();
            case IObjectCreationOperation creation when torch.IsModule(creation.Type):
                return Layer.Unknown with { Name = creation.Type!.Name, Convolves = IsConvolving(creation.Type) };
            default:
                return Layer.Unknown;
        }
    }

    private Layer ReadFactory(IInvocationOperation call, int depth)
    {
        var name = call.TargetMethod.Name;
        var layer = new Layer(LayerKind.Unknown, name) { Factory = call };
        switch (name)
        {
            case "Conv2d" or "ConvTranspose2d":
                return WithInput(layer, call, "in_channels") with
                {
                    Kind = LayerKind.Convolution,
                    Out = Constants.Whole(call.Argument("out_channels")?.Value),
                    Groups = Constants.Whole(call.Argument("groups")?.Value),
                    Kernel = Constants.Pair(call.Argument("kernel_size")?.Value),
                    Convolves = true,
                };
            case "BatchNorm2d":
                return Keeping(WithInput(layer, call, "num_features") with { Kind = LayerKind.Normalization });
            case "GroupNorm":
                return Keeping(WithInput(layer, call, "num_channels") with { Kind = LayerKind.Normalization });
            case "Linear":
                return WithInput(layer, call, "inputSize") with { Kind = LayerKind.Linear, Out = Constants.Whole(call.Argument("outputSize")?.Value) };
            case "Sequential":
                return ReadSequential(layer, call, depth);
            case "Flatten" when Constants.Whole(call.Argument("start_dim")?.Value) == 1 && Constants.Whole(call.Argument("end_dim")?.Value) == -1:
                return layer with { Kind = LayerKind.Flatten };
            case "AdaptiveAvgPool2d":
                var isGlobal = call.Arguments.Length > 0 && Constants.Pair(call.Arguments[0].Value) is (1, 1);
                return layer with { Kind = isGlobal ? LayerKind.GlobalPool : LayerKind.Spatial };
            default:
                return ElementwiseFactories.Contains(name) ? layer with { Kind = LayerKind.Elementwise }
                    : SpatialFactories.Contains(name) ? layer with { Kind = LayerKind.Spatial }
                    : layer;
        }
    }

    private Layer ReadSequential(Layer layer, IInvocationOperation call, int depth)
    {
        var children = call.Arguments.IsEmpty ? []
            : call.Arguments.Length == 1 ? Lists.ElementsAt(call.Arguments[0].Value)
            : null;
        if (children is null)
            return layer;
        var layers = children.Select(child => Read(child, depth - 1)).ToImmutableArray();
        var size = layers.Sum(static child => child.Size);
        return size > MostLayers
            ? layer
            : layer with { Kind = LayerKind.Sequential, Children = layers, Size = size, Convolves = layers.Any(child => child.Convolves) };
    }

    private static Layer WithInput(Layer layer, IInvocationOperation call, string parameter) =>
        call.Argument(parameter) is { } argument ? layer with { In = Constants.Whole(argument.Value), InArgument = argument } : layer;

    private static Layer Keeping(Layer layer) => layer with { Out = layer.In };

    /// <summary>A method of the same file that only returns a module: conv_block(...) => Sequential(...).</summary>
    private Layer ReadMethod(IInvocationOperation call, int depth) => Methods.OnlyResult(call) is { } result ? Read(result, depth - 1) : Layer.Unknown;

    private bool IsConvolving(ITypeSymbol type)
    {
        if (!_convolving.TryGetValue(type, out var known))
            _convolving.Add(type, known = MentionsConvolution(type));
        return known;
    }

    /// <summary>Whether a module's class makes a convolution: it names one of the factories in its text.</summary>
    private static bool MentionsConvolution(ITypeSymbol type) => type.DeclaringSyntaxReferences.Any(reference =>
        reference.GetSyntax().DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => call.Expression switch
        {
            IdentifierNameSyntax { Identifier.ValueText: "Conv2d" } => true,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Conv2d" } => true,
            _ => false,
        }));
}
