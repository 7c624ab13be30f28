using Cellpose3D.Cli.Evaluation;

namespace Cellpose3D.Cli.Tests.Evaluation;

public sealed class LabelFileNameTests
{
    [Theory]
    [InlineData("a.tif", "a")]
    [InlineData("a_masks.png", "a")]
    [InlineData("a_cp_masks.tif", "a")]
    [InlineData("a_img_cp_masks.tif", "a")]
    [InlineData("a_ref_masks.png", "a")]
    [InlineData("a_label.npy", "a")]
    [InlineData("a_labels.npz", "a")]
    [InlineData("a_gt.TIFF", "a")]
    [InlineData("a_seg.npy", "a")]
    [InlineData("a_img.png", "a")]
    [InlineData("a.ome.tif", "a")]
    [InlineData("a_masks.ome.tiff", "a")]
    [InlineData("A_MASKS.PNG", "A")]
    [InlineData("a.b_masks.png", "a.b")]
    [InlineData("t001_c2_masks.tif", "t001_c2")]
    [InlineData("masks.tif", "masks")]
    [InlineData("_masks.tif", "_masks")]
    [InlineData("image_maskset.tif", "image_maskset")]
    public void Stem_UsualNames_IsTheImage(string file, string stem) => Assert.Equal(stem, LabelFileName.Stem(file));

    [Theory]
    [InlineData("a_masks.png", true)]
    [InlineData("a.TIF", true)]
    [InlineData("a_flows.tif", false)]
    [InlineData("a_cp_output.png", false)]
    [InlineData("a_outlines.png", false)]
    [InlineData("run.json", false)]
    [InlineData("a_rois.zip", false)]
    [InlineData(".a_masks.png", false)]
    public void MayBeLabels_WhatOurRunsWrite_IsToldFromLabels(string file, bool labels) => Assert.Equal(labels, LabelFileName.MayBeLabels(file));
}
