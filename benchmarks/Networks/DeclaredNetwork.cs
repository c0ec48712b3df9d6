using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Benchmarks.Networks;

/// <summary>A network that is declared in this project's Networks, in the samples or in a file given to the build (<c>-p:Networks=FILE</c>). Nothing here knows which there are.</summary>
public sealed class DeclaredNetwork
{
    private readonly NetworkCost _cost;

    private DeclaredNetwork(Type type)
    {
        Network = Make(type);
        _cost = Network.GetCost();
        using var guard = inference_mode();
        using var image = zeros(1, Input.Channels, Input.Height, Input.Width);
        Outputs = (int)Values(Network.Results(image)).LongLength;
    }

    /// <summary>The names of all networks whose class is public, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Types().Select(static type => type.Name).Order(StringComparer.Ordinal)];

    /// <summary>The class's name.</summary>
    public string Name => _cost.Network;

    /// <summary>The network in evaluation mode.</summary>
    public INetworkModule Network { get; }

    /// <summary>The same as torch's module.</summary>
    public nn.Module Module => Network.Module;

    /// <summary>Floating-point operations for one image: two for each multiply-add.</summary>
    public double Flops => 2.0 * _cost.MultiplyAdds;

    /// <summary>C, H and W of the declared input.</summary>
    public (int Channels, int Height, int Width) Input => (_cost.Channels, _cost.Height, _cost.Width);

    /// <summary>The values that one image gives, in all results.</summary>
    public int Outputs { get; }

    /// <summary>Makes a network.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static DeclaredNetwork Of(string name) =>
        Types().FirstOrDefault(type => type.Name == name) is { } type ? new(type) : throw new ArgumentException($"No network {name}. There are {string.Join(", ", Names)}.", nameof(name));

    /// <summary>The network's weights on a plan that is not its own.</summary>
    internal KernelNetwork On(Plans.CpuPlan plan, Plans.FoldedWeights weights, FuseOptions options) =>
        new(new NetworkPlans(Name, Input.Channels, Input.Height, Input.Width, Plans.CpuTable.Write(plan)), weights, options);

    /// <summary>The same weights as ONNX, for so many images; ONNX Runtime folds the batch norms itself.</summary>
    public byte[] Onnx(int batch)
    {
        using var stream = new MemoryStream();
        Network.ExportOnnx(stream, new OnnxOptions { Batch = batch, FoldBatchNorms = false });
        return stream.ToArray();
    }

    /// <summary>What libtorch computes in float64, one result after another.</summary>
    public double[] Reference(float[] images, int batch)
    {
        using var guard = inference_mode();
        using var input = tensor(images).to(ScalarType.Float64).reshape(batch, Input.Channels, Input.Height, Input.Width);
        Module.to(ScalarType.Float64);
        var values = Values(Network.Results(input));
        Module.to(ScalarType.Float32);
        return values;
    }

    private static double[] Values(Tensor[] results)
    {
        var values = results.SelectMany(static result => result.to(ScalarType.Float64).contiguous().data<double>().ToArray()).ToArray();
        Array.ForEach(results, static result => result.Dispose());
        return values;
    }

    private static IEnumerable<Type> Types() =>
        typeof(DeclaredNetwork).Assembly.GetExportedTypes().Where(static type => type.IsAssignableTo(typeof(INetworkModule)) && !type.IsAbstract && type.GetConstructor([]) is not null);

    /// <summary>Random weights; a trained network's statistics are not those of a new one.</summary>
    private static INetworkModule Make(Type type)
    {
        random.manual_seed(1);
        var network = (INetworkModule)Activator.CreateInstance(type)!;
        using var guard = no_grad();
        foreach (var (key, value) in network.Module.named_buffers())
        {
            if (key.EndsWith("running_mean", StringComparison.Ordinal))
                value.normal_(0, 0.1);
            else if (key.EndsWith("running_var", StringComparison.Ordinal))
                value.uniform_(0.5, 1.5);
        }
        network.Module.eval();
        return network;
    }
}
