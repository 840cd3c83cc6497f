import type { en } from './en.ts'

export const zhCn = {
  listings: {
    title: '标的',
    number: (id) => `标的 ${id}`,
  },
  withdraw: {
    why: '您是运营人员，可代借款人将此标的撤标。',
    open: '撤标',
    title: (id) => `将标的 ${id} 撤标？`,
    about: '标的将退出市场，所有投标资金立即退回。撤标后不可恢复。',
    bids: '撤出的投标笔数',
    back: '退回投资人',
    keep: '暂不撤标',
    submitting: '正在撤标…',
    doneTitle: (id) => `标的 ${id} 已撤标`,
    released: (amount, bids) => `已向 ${bids}退回 ${amount}。`,
    noneReleased: '该标的没有投标，没有资金变动。',
    done: '标的已撤，所有投标资金均已退回。',
    unanswered: '未及时收到答复，结果尚不确定。请重新发送：这是同一次撤标，只计一次。',
  },
} satisfies typeof en
