using static TorchSharp.torch;

namespace Blockwright;

/// <summary>A snapshot of a network with several inputs, whatever their number: what <see cref="FusedNetwork"/> is of one with one.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them; those that are there in training alone are null.</typeparam>
public abstract class FusedNetworkOfInputs<TResult> : FusedModuleOfInputs<TResult>, INetworkSnapshot
{
    private readonly IFusedDevice _device;
    private readonly Func<Tensor[], TResult> _pack;

    private protected FusedNetworkOfInputs(NetworkCore<TResult> source, FuseOptions options)
        : base(source.Plans) => (_device, _pack) = (Own(source.DeviceOf(options)), source.Pack);

    /// <inheritdoc cref="FusedNetwork.Kernels" />
    public KernelNetwork? Kernels => _device.Network;

    /// <inheritdoc cref="FusedNetwork.FeatureNames" />
    public IReadOnlyList<string> FeatureNames => FusedDevices.FeatureNames(Plans, _device);

    /// <inheritdoc cref="FusedNetwork.Save" />
    public void Save(string path) => Save(_device, path);

    /// <inheritdoc cref="FusedNetwork.Trim" />
    public void Trim() => Trim(_device);

    /// <inheritdoc cref="KernelNetwork.Run(ReadOnlySpan{float}, Span{float}, int)" />
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch) => Run(input, output, batch, Plans.Height, Plans.Width);

    /// <inheritdoc cref="KernelNetwork.Run(ReadOnlySpan{float}, Span{float}, int, int, int)" />
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width) => Run(_device, Plans, input, output, batch, height, width);

    /// <summary>Runs the inputs again and again, and says where the time goes: each step of the kernels' plan; torch's operations as one.</summary>
    /// <param name="inputs">The inputs, in their order.</param>
    /// <param name="iterations">The runs that are timed, at most a million; some more come before.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">An input is not what the network takes.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public NetworkProfile Profile(IReadOnlyList<Tensor> inputs, int iterations = KernelNetwork.ProfileRuns)
    {
        KernelNetwork.CheckRuns(iterations);
        CheckInputs(inputs);
        return Profile(_device, Plans, [.. inputs], iterations);
    }

    /// <summary>Gives values of the network by their names. On the CPU's kernels nothing is computed that they do not need.</summary>
    /// <param name="inputs">The inputs, in their order.</param>
    /// <param name="names">Names of <see cref="FeatureNames"/>.</param>
    /// <returns>The values, in that order; their user disposes them.</returns>
    /// <exception cref="ArgumentException">A name is none of a value's, or an input is not what the network takes.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public FeatureTensors Features(IReadOnlyList<Tensor> inputs, params string[] names)
    {
        CheckInputs(inputs);
        return Features(_device, Plans, [.. inputs], names);
    }

    Tensor[] INetworkSnapshot.Results(params Tensor[] inputs) => Results(inputs);

    NetworkProfile INetworkSnapshot.Profile(Tensor[] inputs, int iterations) => Profile(inputs, iterations);

    /// <inheritdoc />
    protected sealed override TResult Compute(Tensor[] inputs) => _pack(_device.Run(inputs));
}

/// <summary>A snapshot of a network with two inputs, from <see cref="NetworkModule2{TResult}.Fuse()"/>. It may be called from several threads at once.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them; those that are there in training alone are null.</typeparam>
public sealed class FusedNetwork2<TResult> : FusedNetworkOfInputs<TResult>, nn.IModule<Tensor, Tensor, TResult>
{
    internal FusedNetwork2(NetworkCore<TResult> source, FuseOptions options)
        : base(source, options)
    {
    }

    /// <summary>Computes the result, as the module did in evaluation mode when the snapshot was taken. The inputs are on the snapshot's device and of its type, and are not changed.</summary>
    /// <param name="input1">The first input.</param>
    /// <param name="input2">The second input.</param>
    /// <returns>The result, without gradient; its user disposes it.</returns>
    /// <exception cref="ArgumentException">An input is not what the network takes.</exception>
    /// <exception cref="InvalidOperationException">Torch refused what a layer was given.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public TResult call(Tensor input1, Tensor input2) => Call(input1, input2);
}

/// <summary>A snapshot of a network with three inputs, from <see cref="NetworkModule3{TResult}.Fuse()"/>. It may be called from several threads at once.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them; those that are there in training alone are null.</typeparam>
public sealed class FusedNetwork3<TResult> : FusedNetworkOfInputs<TResult>, nn.IModule<Tensor, Tensor, Tensor, TResult>
{
    internal FusedNetwork3(NetworkCore<TResult> source, FuseOptions options)
        : base(source, options)
    {
    }

    /// <summary>Computes the result, as the module did in evaluation mode when the snapshot was taken. The inputs are on the snapshot's device and of its type, and are not changed.</summary>
    /// <param name="input1">The first input.</param>
    /// <param name="input2">The second input.</param>
    /// <param name="input3">The third input.</param>
    /// <returns>The result, without gradient; its user disposes it.</returns>
    /// <exception cref="ArgumentException">An input is not what the network takes.</exception>
    /// <exception cref="InvalidOperationException">Torch refused what a layer was given.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public TResult call(Tensor input1, Tensor input2, Tensor input3) => Call(input1, input2, input3);
}

/// <summary>A snapshot of a network with four inputs, from <see cref="NetworkModule4{TResult}.Fuse()"/>. It may be called from several threads at once.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them; those that are there in training alone are null.</typeparam>
public sealed class FusedNetwork4<TResult> : FusedNetworkOfInputs<TResult>, nn.IModule<Tensor, Tensor, Tensor, Tensor, TResult>
{
    internal FusedNetwork4(NetworkCore<TResult> source, FuseOptions options)
        : base(source, options)
    {
    }

    /// <summary>Computes the result, as the module did in evaluation mode when the snapshot was taken. The inputs are on the snapshot's device and of its type, and are not changed.</summary>
    /// <param name="input1">The first input.</param>
    /// <param name="input2">The second input.</param>
    /// <param name="input3">The third input.</param>
    /// <param name="input4">The fourth input.</param>
    /// <returns>The result, without gradient; its user disposes it.</returns>
    /// <exception cref="ArgumentException">An input is not what the network takes.</exception>
    /// <exception cref="InvalidOperationException">Torch refused what a layer was given.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public TResult call(Tensor input1, Tensor input2, Tensor input3, Tensor input4) => Call(input1, input2, input3, input4);
}

/// <summary>A snapshot of a network with five inputs, from <see cref="NetworkModule5{TResult}.Fuse()"/>. It may be called from several threads at once.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them; those that are there in training alone are null.</typeparam>
public sealed class FusedNetwork5<TResult> : FusedNetworkOfInputs<TResult>, nn.IModule<Tensor, Tensor, Tensor, Tensor, Tensor, TResult>
{
    internal FusedNetwork5(NetworkCore<TResult> source, FuseOptions options)
        : base(source, options)
    {
    }

    /// <summary>Computes the result, as the module did in evaluation mode when the snapshot was taken. The inputs are on the snapshot's device and of its type, and are not changed.</summary>
    /// <param name="input1">The first input.</param>
    /// <param name="input2">The second input.</param>
    /// <param name="input3">The third input.</param>
    /// <param name="input4">The fourth input.</param>
    /// <param name="input5">The fifth input.</param>
    /// <returns>The result, without gradient; its user disposes it.</returns>
    /// <exception cref="ArgumentException">An input is not what the network takes.</exception>
    /// <exception cref="InvalidOperationException">Torch refused what a layer was given.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public TResult call(Tensor input1, Tensor input2, Tensor input3, Tensor input4, Tensor input5) => Call(input1, input2, input3, input4, input5);
}

/// <summary>A snapshot of a network with six inputs, from <see cref="NetworkModule6{TResult}.Fuse()"/>. It may be called from several threads at once.</summary>
/// <typeparam name="TResult">The result: a tensor, or a tuple of them; those that are there in training alone are null.</typeparam>
public sealed class FusedNetwork6<TResult> : FusedNetworkOfInputs<TResult>, nn.IModule<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, TResult>
{
    internal FusedNetwork6(NetworkCore<TResult> source, FuseOptions options)
        : base(source, options)
    {
    }

    /// <summary>Computes the result, as the module did in evaluation mode when the snapshot was taken. The inputs are on the snapshot's device and of its type, and are not changed.</summary>
    /// <param name="input1">The first input.</param>
    /// <param name="input2">The second input.</param>
    /// <param name="input3">The third input.</param>
    /// <param name="input4">The fourth input.</param>
    /// <param name="input5">The fifth input.</param>
    /// <param name="input6">The sixth input.</param>
    /// <returns>The result, without gradient; its user disposes it.</returns>
    /// <exception cref="ArgumentException">An input is not what the network takes.</exception>
    /// <exception cref="InvalidOperationException">Torch refused what a layer was given.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public TResult call(Tensor input1, Tensor input2, Tensor input3, Tensor input4, Tensor input5, Tensor input6) => Call(input1, input2, input3, input4, input5, input6);
}
