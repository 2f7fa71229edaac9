// The card WeChat shows when somebody passes the landing page on; built behind Tencent's JS-SDK into one file, which
// only that page loads, and only where an app id is set. Without WeChat's consent the page is as it was.
const card = document.currentScript.dataset;
wx.config({
  appId: card.app,
  timestamp: Number(card.timestamp),
  nonceStr: card.nonce,
  signature: card.signature,
  jsApiList: ["updateAppMessageShareData", "updateTimelineShareData"],
});
wx.ready(() => {
  const shown = { title: card.title, desc: card.desc, link: card.link, imgUrl: card.picture };
  wx.updateAppMessageShareData(shown);
  wx.updateTimelineShareData(shown);
});
