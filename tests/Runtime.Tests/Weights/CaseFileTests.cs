namespace Blockwright.Runtime.Tests.Weights;

/// <summary>Many files of one network's weights, as torch 1.13 writes them in many ways. The repository has a few of them.</summary>
public class CaseFileTests
{
    public static TheoryData<string> FirstWeights =>
    [
        "plain.pth", "legacy.pth", "dict.pth", "proto3.pth", "proto4.pth", "proto5.pth", "rezip_stored.pth", "trailing.pth", "byteorder_little.pth", "torchvision_train.pth",
        "best_tensor.pth", "param_state_2x.pth", "nest_state_dict.pth", "nest_model.pth", "nest_model_state_dict.pth", "nest_net.pth", "nest_network.pth", "nest_ema.pth", "nest_state_dict_ema.pth",
        "nest_model_ema.pth", "nest_params.pth", "nest_params_ema.pth", "nest_weights.pth", "nest_generator.pth", "nest_module.pth", "nest_teacher.pth", "nest_model_state.pth",
        "nest_state.pth", "nest_backbone.pth", "nest_two_deep.pth", "nest_model_state_dict_two.pth",
        // One dict under two names.
        "nest_model_and_ema.pth",
    ];

    public static TheoryData<string> TrainedWeights =>
    [
        "ck_optimizer.pth", "ck_numpy_scalar.pth", "ck_numpy_array.pth", "ck_torch_size.pth", "ck_device_dtype.pth", "ck_namespace.pth", "ck_path.pth", "ck_datetime.pth",
        "ck_set.pth", "ck_defaultdict.pth", "ck_loss_tensor.pth", "ck_complex_scalar.pth", "ck_bytes.pth", "ck_rng.pth", "ck_scalars.pth", "ck_counter.pth",
        "params.pth", "parameter_objects.pth", "parameter_with_state.pth", "tensor_with_attr.pth", "strided.pth", "channels_last.pth", "offset_view.pth",
        "shared_storage.pth", "flip.pth", "squeezed.pth", "double.pth", "nbt_int32.pth", "nbt_float.pth", "nbt_shape1.pth", "no_nbt.pth", "name.with.dots.tar", "from_bytesio.pth",
        "int_extra.pth", "str_extra.pth", "none_extra.pth", "extra_state.pth", "numpy_extra.pth",
    ];

    public static TheoryData<string> MoreTensors =>
        ["complex_extra.pth", "conj_extra.pth", "quantized_extra.pth", "sparse_extra.pth", "meta_extra.pth", "empty_extra.pth", "empty3_extra.pth", "int_key.pth"];

    public static TheoryData<string, string> Refused => new()
    {
        { "wholemodule.pth", "the file holds an object of __main__.Tiny" },
        { "torchscript.pth", "TorchScript archive" },
        { "list.pth", "the file holds a list" },
        { "tuple.pth", "the file holds a tuple of 1" },
        { "one_tensor.pth", "the file holds a tensor" },
        { "emptydict.pth", "conv.weight" },
        { "rezip_deflated.pth", "compressed" },
        { "gzipped.pth", "gzip" },
        { "truncated.pth", "truncated" },
        { "prefixed.pth", "another kind of file" },
        { "html.pth", "a web page" },
        { "lfs.pth", "Git LFS pointer" },
        { "zero.pth", "the file is empty" },
        { "numpy_pickle.pth", "a pickle that torch.save did not write" },
        { "f8_weight.safetensors", "F8_E4M3" },
    };

    [SkippableTheory]
    [MemberData(nameof(FirstWeights))]
    public void LoadsTheFirstWeights(string name) => AssertLoads(name, TinyNetwork.First);

    [SkippableTheory]
    [MemberData(nameof(TrainedWeights))]
    public void LoadsTheTrainedWeights(string name) => AssertLoads(name, TinyNetwork.Trained);

    [SkippableTheory]
    [InlineData("half.pth", new[] { -0.2230314016342163f, -0.20374742150306702f })]
    [InlineData("module_half.pth", new[] { -0.2230314016342163f, -0.20374742150306702f })]
    [InlineData("bfloat16.pth", new[] { -0.22274906933307648f, -0.20446795225143433f })]
    [InlineData("expanded.pth", new[] { -0.10804508626461029f, -0.06682518869638443f })]
    public void LoadsItsOwnWeights(string name, float[] expected) => AssertLoads(name, expected);

    [SkippableTheory]
    [MemberData(nameof(MoreTensors))]
    public void TensorThatTheNetworkLacksIsUnexpectedAndNoMore(string name)
    {
        using var net = new TinyNetwork();
        var path = Case(name);

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path));
        var report = net.LoadWeights(path, strict: false);

        Assert.Single(fault.Report!.Unexpected);
        Assert.Empty(report.Missing);
        net.AssertResult(TinyNetwork.Trained);
    }

    [SkippableTheory]
    [InlineData("dataparallel.pth", "module.", false)]
    [InlineData("nest_module_prefix.pth", "module.", false)]
    [InlineData("compiled.pth", "_orig_mod.", false)]
    [InlineData("lightning_prefix_only.ckpt", "model.", false)]
    public void PrefixBeforeEveryKeyIsRecognisedAndSaid(string name, string prefix, bool isTrained)
    {
        using var net = new TinyNetwork();

        var report = net.LoadWeights(Case(name));

        Assert.Equal(prefix, report.Prefix);
        Assert.Contains($"without '{prefix}'", report.ToString(), StringComparison.Ordinal);
        net.AssertResult(isTrained ? TinyNetwork.Trained : TinyNetwork.First);
    }

    [SkippableTheory]
    [MemberData(nameof(Refused))]
    public void WhatHoldsNoneOrSeveralIsRefused(string name, string says)
    {
        using var net = new TinyNetwork();
        var path = Case(name);

        var fault = Assert.Throws<WeightsException>(() => net.LoadWeights(path));

        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.InRange(fault.Message.Split('\n').Length, 1, 30);
    }

    [SkippableTheory]
    [InlineData("F4")]
    [InlineData("F6_E2M3")]
    [InlineData("F8_E4M3")]
    [InlineData("F8_E5M2")]
    [InlineData("F8_E8M0")]
    [InlineData("U16")]
    [InlineData("U32")]
    [InlineData("U64")]
    [InlineData("C64")]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("F64")]
    [InlineData("BOOL")]
    [InlineData("f32")]
    public void EntryOfAnyTypeBesideTheWeightsLoads(string type)
    {
        using var net = new TinyNetwork();

        var report = net.LoadWeights(Case($"extra_{type}.safetensors"), strict: false);

        Assert.Single(report.Unexpected);
        Assert.Empty(report.Missing);
    }

    [SkippableFact]
    public void OneOfSeveralIsChosen()
    {
        using var net = new TinyNetwork();

        Assert.Equal("ema", net.LoadWeights(Case("nest_model_and_ema.pth"), new() { Entry = "ema" }).Entry);

        net.AssertResult(TinyNetwork.First);
    }

    [SkippableFact]
    public void LegacyFileOfAWholeNetworkLoads()
    {
        using var legacy = WeightFile.Open(Case("legacy_shufflenet_v2_x0_5.pth"));
        using var reference = WeightFile.Open(TestFolder.Data("shufflenet_v2_x0_5.pth"));

        foreach (var entry in legacy.Entries)
        {
            Assert.True(reference.TryGet(entry.Name, out var same));
            Assert.Equal(same.ToString(), entry.ToString());
            Assert.Equal(same.ReadAll(), entry.ReadAll());
        }
        Assert.Equal(reference.Entries.Count(entry => !entry.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal)), legacy.Entries.Count);
    }

    private static void AssertLoads(string name, float[] expected)
    {
        using var net = new TinyNetwork();

        var report = net.LoadWeights(Case(name));

        Assert.True(report.IsComplete);
        net.AssertResult(expected);
    }

    private static string Case(string name)
    {
        if (TestFolder.Data(Path.Combine("checkpoints", name)) is var data && File.Exists(data))
            return data;
        var path = Path.Combine(TestFolder.RepositoryRoot, "..", "shared", "cases", "weights", name);
        Skip.IfNot(File.Exists(path), $"The case file {name} is not on this machine.");
        return path;
    }
}
